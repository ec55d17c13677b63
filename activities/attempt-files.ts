import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConsoleLog } from '../domain/console/line.ts'
import { readLines } from '../domain/console/line-reader.ts'
import { withoutReplays } from '../domain/console/replays.ts'
import type { SmcCall } from '../domain/smc/call.ts'
import { nameCalls } from '../domain/smc/name-calls.ts'
import { readSmcTrace } from '../domain/smc/read-trace.ts'
import type { SystemMap } from '../domain/smc/system-map.ts'
import { putArtifact } from '../store/artifacts.ts'
import type { AttemptArtifact } from '../store/attempt.ts'
import type { Store } from '../store/store.ts'
import type { BootEnd, BootOrder, KeptConsole } from '../targets/qemu/boot-order.ts'
import { recordChannel } from '../targets/qemu/channels.ts'

/** The consoles as probes read them: copies; the raw files stay as they were captured. */
export async function readConsoles(consoles: KeptConsole[]): Promise<ConsoleLog[]> {
  return await Promise.all(
    consoles.map(async ({ name, rawPath }) => ({
      console: name,
      lines: withoutReplays(readLines(await readFile(rawPath))),
    })),
  )
}

/** The calls of an SMC trace, named; as far as it goes, for a trace is good up to where it was cut. */
export async function readCalls(path: string, map: SystemMap | undefined): Promise<SmcCall[]> {
  return nameCalls(readSmcTrace(await readFile(path)).calls, map)
}

/**
 * Puts an attempt's files into the artifact store: raw consoles with their time indexes, records, initrd, SMC trace, and
 * what else the target kept.
 * @param booted the files that are artifacts already, because builds made them.
 */
export async function keepAttemptFiles(
  store: Store,
  order: BootOrder,
  end: Pick<BootEnd, 'consoles' | 'smc' | 'files'>,
  booted: AttemptArtifact[],
): Promise<AttemptArtifact[]> {
  const files: { name: string; source: string | Uint8Array; world: AttemptArtifact['world'] }[] = end.consoles.flatMap(
    (kept) => [
      { name: `console/${kept.name}`, source: kept.rawPath, world: kept.worlds.length === 1 ? kept.worlds[0]! : null },
      { name: `console/${kept.name}.times`, source: kept.timesPath, world: null },
    ],
  )
  files.push(
    { name: 'records', source: join(order.folder, 'consoles', `${recordChannel}.raw`), world: null },
    { name: 'initrd', source: order.files.initrd, world: null },
    ...(end.smc === undefined ? [] : [{ name: 'smc', source: end.smc, world: null }]),
    ...end.files.map(({ name, path }) => ({ name, source: path, world: null })),
  )
  // All at once: each waits for the disk some times, and the disk syncs them together.
  const kept = files.map(async ({ name, source, world }) => ({ name, world, ...(await putArtifact(store, source)) }))
  return [...booted, ...(await Promise.all(kept))]
}
