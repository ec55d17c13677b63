import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LabError } from '../domain/errors.ts'

const mebibyte = 1024 * 1024

/**
 * Checks that the file system of a folder has room for what is about to be written there. The folder, or a parent of it,
 * must exist.
 * @param bytes what will be written at most.
 * @param purpose completes "... needs", e.g. `A kernel build`.
 * @throws LabError DiskFull.
 */
export async function requireFreeSpace(folder: string, bytes: number, purpose: string): Promise<void> {
  const free = await freeSpace(folder)
  if (free >= bytes) return
  throw new LabError(
    'DiskFull',
    `${purpose} needs ${Math.ceil(bytes / mebibyte)} MiB in ${folder} and only ${Math.floor(free / mebibyte)} MiB are free: ` +
      'free some space, or point HYPLAB_CACHE and HYPLAB_STATE at a larger disk.',
  )
}

/** Bytes that an ordinary user may still write below a folder, which itself need not exist yet. */
export async function freeSpace(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error
    return await freeSpace(dirname(folder))
  }
}
