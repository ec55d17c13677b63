import { existsSync } from 'node:fs'
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
import type { KeptConsole } from '../targets/boot-order.ts'
import { filesOfAttempt } from '../targets/kept-files.ts'

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

/** Where `prepareBoot` puts the initrd of an attempt. @param folder the attempt's own */
export function initrdPath(folder: string): string {
  return join(folder, 'initrd')
}

/**
 * Puts what an attempt's folder holds into the artifact store: consoles, records, trace and whatever else tells of it,
 * and the initrd that it booted.
 * @param booted the files that are artifacts already, because builds made them.
 */
export async function keepAttemptFiles(
  store: Store,
  folder: string,
  booted: AttemptArtifact[],
): Promise<AttemptArtifact[]> {
  const initrd = { name: 'initrd', path: initrdPath(folder), world: null }
  const files = [...filesOfAttempt(folder), ...(existsSync(initrd.path) ? [initrd] : [])]
  // All at once: each waits for the disk some times, and the disk syncs them together.
  const kept = files.map(async ({ name, path, world }) => ({ name, world, ...(await putArtifact(store, path)) }))
  return [...booted, ...(await Promise.all(kept))]
}
