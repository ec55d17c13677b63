import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LabError } from '../domain/errors.ts'
import { run } from './run.ts'

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
  return (await diskOf(folder)).free
}

/** Less than this is none: SQLite and Temporal want more to write a single row. */
const nothingLeft = 256 * 1024

/** Whether nothing can be written below a folder for want of room. */
export async function isDiskFull(folder: string): Promise<boolean> {
  return (await freeSpace(folder)) < nothingLeft
}

/** A file system, by one of the folders on it. Bytes. */
export interface Disk {
  /** Tells file systems apart on this host. */
  device: number
  size: number
  /** What an ordinary user may still write. */
  free: number
}

/** The file system that holds a folder, which itself need not exist yet. */
export async function diskOf(folder: string): Promise<Disk> {
  try {
    const [{ blocks, bavail, bsize }, { dev }] = await Promise.all([statfs(folder), stat(folder)])
    return { device: dev, size: blocks * bsize, free: bavail * bsize }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error
    return await diskOf(dirname(folder))
  }
}

/**
 * Bytes that files and folders take on the disk, a file with several names once; 0 for what is not there. What changes
 * meanwhile is counted as it is met.
 * @param signal ends the counting
 */
export async function bytesIn(paths: readonly string[], signal?: AbortSignal): Promise<number[]> {
  if (paths.length === 0) return []
  const options = signal === undefined ? {} : { signal }
  // It has time: others boot and build beside it.
  const { stdout } = await run('nice', ['-n', '19', 'du', '-sx', '-B1', '--', ...paths], options)
  const sizes = new Map<string, number>()
  for (const line of stdout.split('\n')) {
    const [bytes, path] = line.split('\t')
    if (path !== undefined) sizes.set(path, Number(bytes))
  }
  return paths.map((path) => sizes.get(path) ?? 0)
}
