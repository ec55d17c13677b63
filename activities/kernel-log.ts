import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kernelLogFile } from '../domain/console/with-kernel-log.ts'
import { heardLines, kernelLogOf } from '../domain/records/kernel-log.ts'
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
    const raw = await readFile(join(consoleFolder(folder), `${name}.raw`)).catch(() => undefined)
    if (!raw) continue
    const exchange = new RecordExchange([name])
    exchange.feed(name, raw)
    const log = kernelLogOf([heardLines(name, raw)], exchange.end().records)
    if (log?.text && log.damaged.length > 0)
      await writeFile(keptFile(folder, kernelLogFile), Buffer.from(`${log.text.join('\n')}\n`, 'latin1'))
  }
}
