import { mkdirSync } from 'node:fs'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Folders } from '../../host/folders.ts'
import { shareLock, tryLock } from '../../host/lock.ts'

/** Shared by all that build from the cache, of whatever state folder; who takes trees away has it alone. */
function useLock({ cache }: Pick<Folders, 'cache'>): string {
  mkdirSync(cache, { recursive: true })
  return join(cache, 'use.lock')
}

/** Does something with trees of the cache, which stay where they are meanwhile. */
export async function usingCache<T>(
  folders: Pick<Folders, 'cache'>,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await shareLock(useLock(folders), { signal })
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/**
 * Does something with a cache that nobody builds from.
 * @returns undefined when somebody does
 */
export async function whileCacheIsIdle<T>(
  folders: Pick<Folders, 'cache'>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const lock = await tryLock(useLock(folders))
  if (lock === undefined) return undefined
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** Notes by the time of a tree's own note that the tree is used now. @param note the file that says what it is */
export async function markUsed(note: string): Promise<void> {
  const now = new Date()
  // A cache that cannot be written tells so where it matters.
  await utimes(note, now, now).catch(() => undefined)
}
