import { watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import type { Store } from './store.ts'

/** Tells when the store may have changed, whichever process changed it. */
export interface Changes {
  /** Resolves at the first change since the last call (or since the watch began); also, without one, now and then. */
  next(signal: AbortSignal): Promise<void>
  close(): void
}

/** When to look without having been told: beside a watch, for file systems that tell nothing, and without one. */
const atLatestMs = { watched: 1000, unwatched: 50 }

/**
 * Watches the store. SQLite itself tells no other process, but in WAL mode each change is a write to one file
 * (https://sqlite.org/wal.html), which stays the same file for as long as anybody has the database open.
 */
export function watchChanges(store: Pick<Store, 'folder'>): Changes {
  let changed = false
  let wake: (() => void) | undefined
  const watcher = watchFile(join(store.folder, 'results.db-wal'), () => {
    changed = true
    wake?.()
  })
  return {
    next: async (signal) => {
      if (!changed && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, watcher ? atLatestMs.watched : atLatestMs.unwatched)
        const done = (wake = () => resolve())
        signal.addEventListener('abort', done)
        await promise
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        wake = undefined
      }
      changed = false
    },
    close: () => watcher?.close(),
  }
}

/** Undefined on a host that has no watches to spare (fs.inotify.max_user_watches). */
function watchFile(path: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(path, changed).on('error', () => undefined)
  } catch {
    return undefined
  }
}
