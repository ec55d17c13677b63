import { createReadStream, existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kernelLogOf, kernelLogText, sumsOf, type KernelLog } from '../domain/records/kernel-log.ts'
import { LineSums } from '../domain/records/line-sums.ts'
import type { TargetRecord } from '../domain/records/record.ts'
import { kernelLogFile } from '../reading/shown-files.ts'
import { RecordExchange } from '../targets/exchange.ts'
import { keptFile } from '../targets/kept-files.ts'
import { consoleFolder, isConsole, keptLines, speaksNormalWorld } from '../targets/lines.ts'

/**
 * Where a console of the attempt in this folder brought the kernel's log damaged, and init gave the rest, writes the log as
 * the kernel said it beside what else is kept. The consoles stay as they came.
 */
export async function keepKernelLog(folder: string): Promise<void> {
  const consoles = keptLines(folder).filter((line) => isConsole(line) && speaksNormalWorld(line))
  for (const { name } of consoles) {
    const path = join(consoleFolder(folder), `${name}.raw`)
    if (!existsSync(path)) continue
    const exchange = new RecordExchange([name])
    for await (const chunk of createReadStream(path)) exchange.feed(name, chunk as Buffer)
    const { records } = exchange.end()
    const log = kernelLogOf(exchange.heard([name]), records)
    const text = log && log.damaged.length > 0 ? await textOf(path, log, records) : undefined
    if (text) await writeFile(keptFile(folder, kernelLogFile), Buffer.from(`${text.join('\n')}\n`, 'latin1'))
  }
}

/** Reads the console once more, for the lines of the log that came whole. */
async function textOf(path: string, log: KernelLog, records: TargetRecord[]): Promise<string[] | undefined> {
  const wanted = new Set(log.sums.flatMap(({ body }) => (body.fact === 'log' ? sumsOf(body) : [])))
  const lines = new LineSums((sum) => wanted.has(sum))
  for await (const chunk of createReadStream(path)) lines.feed(chunk as Buffer)
  return kernelLogText(log, lines, records)
}
