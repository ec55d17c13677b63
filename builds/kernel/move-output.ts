import { chmod, lstat, lutimes, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Stats } from 'node:fs'
import type { ParentTree } from './parent-tree.ts'

/** Milliseconds by which what was built is older than what differs; filesystems may keep whole seconds only. */
const margin = 2_000

interface Built {
  path: string
  stats: Stats
}

/**
 * Makes an O= folder of a parent tree one of another tree, as if that one's differences had just been written into the
 * parent: the parent's path becomes the other's wherever it stands, and everything becomes older than the files that
 * differ, so that make builds what depends on them and nothing else.
 * @param output a copy that nobody else uses; undefined things are left of it when it fails
 * @param to the other tree's folder
 * @returns false when the times of what was built reach so far apart that they cannot be put between those of the sources
 */
export async function moveOutput(
  output: string,
  parent: ParentTree,
  to: string,
  signal: AbortSignal,
): Promise<boolean> {
  const built = await listFiles(output, signal)
  const times = built.map(({ stats }) => stats.mtimeMs)
  const newest = times.reduce((a, b) => Math.max(a, b), 0)
  const oldest = times.reduce((a, b) => Math.min(a, b), newest)
  const back = Math.max(0, newest - (parent.changedAt - margin))
  if (oldest - back <= parent.sameUntil) return false
  for (const { path, stats } of built) {
    signal.throwIfAborted()
    await replacePath(path, stats, parent.folder, to)
    const time = (stats.mtimeMs - back) / 1000
    await lutimes(path, time, time)
  }
  return true
}

async function listFiles(output: string, signal: AbortSignal): Promise<Built[]> {
  const files: Built[] = []
  for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    signal.throwIfAborted()
    const path = join(entry.parentPath, entry.name)
    files.push({ path, stats: await lstat(path) })
  }
  return files
}

async function replacePath(path: string, stats: Stats, from: string, to: string): Promise<void> {
  if (stats.isSymbolicLink()) {
    const target = await readlink(path)
    if (!target.includes(from)) return
    await rm(path)
    await symlink(target.replaceAll(from, to), path)
    return
  }
  const bytes = await readFile(path)
  let at = bytes.indexOf(from)
  if (at < 0) return
  // Of one length, so that binary files stay whole.
  const put = Buffer.from(to)
  for (; at >= 0; at = bytes.indexOf(from, at + put.length)) put.copy(bytes, at)
  await writeFile(`${path}.moved`, bytes)
  await chmod(`${path}.moved`, stats.mode)
  await rename(`${path}.moved`, path)
}
