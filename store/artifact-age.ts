import { utimesSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from '../host/lock.ts'
import { artifactPath } from './artifact-path.ts'
import type { Store } from './store.ts'

/**
 * So long after it was put, ms, an artifact that no row points to is somebody's who is about to write the row. A worker that
 * stood still for longer finds that it has gone, and says so.
 */
export const graceMs = 24 * 3600_000

/** Held by who removes artifacts, and by who counts on an old one that is there already. */
export function artifactsLock(store: Pick<Store, 'folder'>): string {
  return join(store.folder, 'artifacts', 'lock')
}

/**
 * Says that an artifact that is there is wanted from now on as if it had just been put: it may be one that no row points to
 * any longer. Costs nothing where it was put lately.
 * @returns false when it has gone meanwhile
 */
export async function renew(store: Pick<Store, 'folder'>, sha256: string): Promise<boolean> {
  const path = artifactPath(store, sha256)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return false
  if (Date.now() - found.mtimeMs < graceMs / 2) return true
  return await withLock(artifactsLock(store), {}, async () => {
    try {
      const now = new Date()
      utimesSync(path, now, now)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  })
}
