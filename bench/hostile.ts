import { toLatin1 } from '../domain/bytes/bytes.ts'
import { longestLine } from '../domain/console/line-reader.ts'
import { parseImaAscii } from '../domain/ima/parse-ascii.ts'
import { PrefixReader } from '../domain/inspect/prefix.ts'
import { catalogue } from '../domain/signatures/catalogue.ts'
import { matchSignatures } from '../domain/signatures/match.ts'
import { readSmcTrace } from '../domain/smc/read-trace.ts'
import { checkEventLog } from '../domain/tcg/check-log.ts'
import { parseEventLog } from '../domain/tcg/event-log.ts'
import { ofBytes, ofLine, ofText, seeds } from '../test/domain/hostile-inputs.ts'
import { inspectLog } from '../test/domain/inspect/read.ts'
import { rawTrace, traced } from '../test/domain/smc/traces.ts'
import { agileLog, pcrsAfter, u32 } from '../test/domain/tcg/logs.ts'

/** What the worst of some inputs cost a reader. */
export interface HostileRow {
  what: string
  inputs: number
  /** CPU time of the input that took longest. */
  seconds: number
  /** How much more four times as much of an input costs, at the worst: 4 where the cost is that of its length, 16 where it is its square. */
  growth: number
}

/** An input for a reader, made of that many parts, and the reading of it; only that is timed. */
type Reading = (size: number) => () => unknown

/** Below this a clock and the compiler of JavaScript say more of the growth than the reader does. */
const leastSeconds = 0.05

/** Reads what is made to hurt, at a quarter of the size and at the whole. */
export function hostile(): HostileRow[] {
  const file = 512 * 1024
  const bytes = (read: (bytes: Uint8Array) => unknown) =>
    seeds.map(([, seed]): Reading => (size) => {
      const input = Buffer.alloc(size, seed)
      return () => read(input)
    })
  const texts = (read: (text: string) => unknown) => bytes((input) => read(toLatin1(input)))
  return [
    ...ofBytes.map(([what, read]) => worst(what, file, bytes(read))),
    ...ofText.map(([what, read]) => worst(what, file, texts(read))),
    ...ofLine.map(([what, read]) => worst(what, longestLine, texts(read))),
    ...Object.entries(special).map(([what, { size, readings }]) => worst(what, size, readings)),
  ]
}

function worst(what: string, size: number, readings: Reading[]): HostileRow {
  const costs = readings.map((reading) => ({ part: seconds(reading(size / 4)), whole: seconds(reading(size)) }))
  const growths = costs.filter(({ whole }) => whole >= leastSeconds).map(({ part, whole }) => whole / part)
  return {
    what,
    inputs: readings.length,
    seconds: Math.max(...costs.map(({ whole }) => whole)),
    growth: Math.max(...growths, 0),
  }
}

function seconds(read: () => unknown): number {
  const began = process.cpuUsage()
  read()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}

const kernel = '[    0.000000] Linux version 6.9.0 (user@pc) (gcc 13.2.0) #2 SMP PREEMPT\n'
const started = `${kernel}[    1.000000] Run /init as init process\n`

/** Inputs that are made for one reader each. */
const special: Record<string, { size: number; readings: Reading[] }> = {
  'a list of 50,000 entries in which no digest fits': {
    size: 50_000,
    readings: [
      (size) => {
        const list = `10 ${'ab'.repeat(20)} ima-ng sha256:${'00'.repeat(32)} /x\n`.repeat(size)
        return () => parseImaAscii(list)
      },
    ],
  },
  'an event log of 8 MiB of zeros and one byte': {
    size: 8 * 1024 * 1024,
    readings: [
      (size) => {
        const log = Buffer.alloc(size)
        log[size - 1] = 1
        return () => parseEventLog(log)
      },
    ],
  },
  'an event log of 20,000 events that PCRs contradict': { size: 20_000, readings: [contradicted] },
  'an SMC trace of 100,000 records': { size: 100_000, readings: [trace] },
  'a line that begins like one of the signatures': {
    size: 60_000,
    readings: ['', ...catalogue.map(({ pattern }) => pattern.source.slice(1, 24).replaceAll(/\\(.)/g, '$1'))].flatMap(
      (seed) =>
        ['0', 'a', ' ', ':', 'a:0 ', '(0): '].map((fill): Reading => (size) => {
          const text = seed + fill.repeat(size / fill.length)
          return () => matchSignatures({ number: 1, offset: 0, text })
        }),
    ),
  },
  "a line that begins like a shell's prompt": {
    size: 100_000,
    readings: ['@:', 'a@b:', '[a@', '~', 'Welcome to !'].map((part): Reading => (size) => {
      const log = `${started}${part.repeat(size / part.length)}x\n`
      return () => inspectLog(log)
    }),
  },
  'a line of digits behind learned numbers': {
    size: 60_000,
    readings: [
      (size) => {
        const reader = new PrefixReader([1, 2, 3].map((n) => `${n} ${n} ${n} ${kernel.trimEnd()}`))
        const line = '1'.repeat(size)
        return () => reader.strip(line)
      },
    ],
  },
}

function contradicted(size: number): () => unknown {
  const events = Array.from({ length: size }, (_, n) => ({ pcr: 4, type: 4, data: u32(n) }))
  const log = agileLog(events, ['sha256'])
  const more = { pcr: 4, type: 4, data: u32(0) }
  const pcrs = new Map([['sha256', pcrsAfter('sha256', [...events, more, more])]])
  return () => checkEventLog(parseEventLog(log), pcrs)
}

function trace(size: number): () => unknown {
  const [header, record] = [32, 96]
  const bytes = new Uint8Array(header + size * record)
  bytes.set(rawTrace(traced.modulePkvm).subarray(0, header))
  const view = new DataView(bytes.buffer)
  for (let n = 1; n <= size; n++) {
    view.setUint8(header + (n - 1) * record, 1)
    view.setBigUint64(header + (n - 1) * record + 8, BigInt(n), true)
  }
  return () => readSmcTrace(bytes)
}
