import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { putArtifact } from '../store/artifacts.ts'
import type { AttemptArtifact } from '../store/attempt.ts'
import type { Store } from '../store/store.ts'
import { filesOfAttempt } from '../targets/kept-files.ts'
import { keepKernelLog } from './kernel-log.ts'

/** Where `prepareBoot` puts the initrd of an attempt. @param folder the attempt's own */
export function initrdPath(folder: string): string {
  return join(folder, 'initrd')
}

/** Puts the initrd of an attempt into the artifact store, where its folder holds one. */
export async function keepInitrd(store: Store, folder: string): Promise<AttemptArtifact[]> {
  const path = initrdPath(folder)
  return existsSync(path) ? [{ name: 'initrd', world: null, ...(await putArtifact(store, path)) }] : []
}

/**
 * Puts what an attempt's folder holds into the artifact store: consoles, records, trace and whatever else tells of it.
 * @param booted the files that are artifacts already: builds made them, and the initrd
 */
export async function keepAttemptFiles(
  store: Store,
  folder: string,
  booted: AttemptArtifact[],
): Promise<AttemptArtifact[]> {
  await keepKernelLog(folder)
  // All at once: each waits for the disk some times, and the disk syncs them together.
  const kept = filesOfAttempt(folder).map(async ({ name, path, world }) => ({
    name,
    world,
    ...(await putArtifact(store, path)),
  }))
  return [...booted, ...(await Promise.all(kept))]
}
