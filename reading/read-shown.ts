import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Shown } from '../domain/attempt.ts'
import type { ConsoleLine } from '../domain/console/line.ts'
import { SaidLineReader } from '../domain/console/said-line-reader.ts'
import { readLabLog } from '../domain/lab-log/read-lab-log.ts'
import { joinParts } from '../domain/records/join-parts.ts'
import { ConsoleReader } from '../domain/shown/console-reader.ts'
import { SaidLines } from '../domain/shown/said-lines.ts'
import type { SmcCall } from '../domain/smc/call.ts'
import { nameCalls } from '../domain/smc/name-calls.ts'
import { readSmcTrace } from '../domain/smc/read-trace.ts'
import { parseSystemMap } from '../domain/smc/system-map.ts'
import { StageFollower } from '../domain/stage/stage-follower.ts'
import type { Stage } from '../domain/stage.ts'
import { isLeased, type Target } from '../domain/target.ts'
import { RecordExchange } from '../targets/exchange.ts'
import { recordChannel } from '../targets/lines.ts'
import { kernelLogName, type ShownFiles } from './shown-files.ts'

/** What the files of an attempt show; what was asked, and how its host saw it, is for others to say. */
export interface ReadFiles extends Omit<Shown, 'asked' | 'host'> {
  /** The last stage that consoles and records show. */
  stage: Stage
}

/** Bytes that are read at once. */
const chunkBytes = 64 * 1024

/**
 * Reads what an attempt showed, each console once and in memory that does not grow with it. The files stay as they are.
 * @param target what was booted: of a place of a lab there is a log of the lab, which may be empty
 * @param signal aborting ends the reading
 * @throws the signal's reason; what the file system says of a file that cannot be read
 */
export async function readShown(files: ShownFiles, target?: Target, signal?: AbortSignal): Promise<ReadFiles> {
  const { consoles, records, kernelLog, smc, systemMap, lab } = files
  const names = consoles.map(({ name }) => name)
  const exchange = new RecordExchange([recordChannel, ...names])
  if (records !== undefined) for await (const chunk of chunksOf(records, signal)) exchange.feed(recordChannel, chunk)
  const follower = new StageFollower()
  const log = kernelLog === undefined ? undefined : await linesOf(kernelLog, signal)
  const shown: Shown['consoles'] = []
  for (const { name, path } of consoles) {
    const reader = new ConsoleReader(name, follower, log && (await saidOn(path, log, signal)))
    for await (const chunk of chunksOf(path, signal)) {
      exchange.feed(name, chunk)
      reader.push(chunk)
    }
    shown.push(reader.end())
  }
  if (kernelLog !== undefined) {
    const reader = new ConsoleReader(kernelLogName, follower)
    for await (const chunk of chunksOf(kernelLog, signal)) reader.push(chunk)
    shown.push(reader.end())
  }
  const received = joinParts(exchange.end().records)
  for (const record of received) follower.record(record)
  return {
    consoles: shown,
    records: received,
    heard: exchange.heard(names),
    stage: follower.stage,
    ...(smc === undefined ? {} : { smc: await readCalls(smc, systemMap) }),
    ...(target && isLeased(target)
      ? { lab: { kind: target.kind, facts: readLabLog(lab === undefined ? '' : await readFile(lab, 'utf8')) } }
      : {}),
  }
}

/** The calls of an SMC trace, named; as far as it goes, for a trace is good up to where it was cut. */
async function readCalls(path: string, systemMap: string | undefined): Promise<SmcCall[]> {
  const map = systemMap === undefined ? undefined : parseSystemMap(await readFile(systemMap, 'utf8'))
  return nameCalls(readSmcTrace(await readFile(path)).calls, map)
}

/** Finds on a console what it brought of the kernel's own log. */
async function saidOn(path: string, log: ConsoleLine[], signal: AbortSignal | undefined): Promise<SaidLines> {
  const said = new SaidLines(log)
  let index = 0
  for await (const line of eachLine(path, signal)) said.look(index++, line)
  return said
}

async function linesOf(path: string, signal: AbortSignal | undefined): Promise<ConsoleLine[]> {
  const lines: ConsoleLine[] = []
  for await (const line of eachLine(path, signal)) lines.push(line)
  return lines
}

async function* eachLine(path: string, signal: AbortSignal | undefined): AsyncGenerator<ConsoleLine> {
  const reader = new SaidLineReader()
  let lines: ConsoleLine[] = []
  const take = (line: ConsoleLine): number => lines.push(line)
  for await (const chunk of chunksOf(path, signal)) {
    reader.push(chunk, take)
    yield* lines
    lines = []
  }
  reader.end(take)
  yield* lines
}

function chunksOf(path: string, signal: AbortSignal | undefined): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: chunkBytes, signal })
}
