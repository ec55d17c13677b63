import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isRunning, ownIdentity } from '../host/process-identity.ts'
import { storeFailure } from './failure.ts'
import type { Store } from './store.ts'

/** Where artifacts grow before they have a name. On the file system of the artifacts, so that a rename is enough. */
export function incomingFolder(store: Pick<Store, 'folder'>): string {
  return join(store.folder, 'artifacts', 'incoming')
}

/**
 * A name for a growing artifact that says which process writes it: `<pid>-<its start>-<unique>`. The start tells it from
 * a later process with the same pid.
 */
export function incomingName(unique: string): string {
  const { pid, start } = ownIdentity()
  return `${pid}-${start}-${unique}`
}

/**
 * Deletes what writers that died left unfinished beside the artifacts, and nothing of a writer that lives. Returns how
 * many files that were.
 * @throws LabError StoreBroken when they cannot be deleted.
 */
export async function sweep(store: Pick<Store, 'folder'>): Promise<number> {
  const folder = incomingFolder(store)
  try {
    const left = (await readdir(folder)).filter((name) => !isBeingWritten(name))
    for (const name of left) await rm(join(folder, name), { force: true })
    return left.length
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw storeFailure(error, folder)
  }
}

function isBeingWritten(name: string): boolean {
  const [pid, start, unique] = name.split('-')
  return unique !== undefined && isRunning({ pid: Number(pid), start: Number(start) })
}
