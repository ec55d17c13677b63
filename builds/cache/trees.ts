import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { chooseTrees, type CachedTree } from '../../domain/keep/choose-trees.ts'
import { bytesIn } from '../../host/disk.ts'
import type { Folders } from '../../host/folders.ts'
import { snapshotNote } from '../source/snapshot.ts'
import { whileCacheIsIdle } from './in-use.ts'

type Place = Omit<CachedTree, 'bytes'> & {
  /** The file that says what it is. */
  note: string
}

/** Where trees go to be deleted: gone in one step for who looks, and found again if that is cut off. */
const goingFolder = ({ cache }: Pick<Folders, 'cache'>): string => join(cache, 'going')

/**
 * The trees of the cache that can be made again from what stays: O= folders of kernels, source trees, components of firmware,
 * snapshots of local trees. Downloads stay, for a mirror may have dropped them, and ccache keeps its own limit.
 */
export async function cachedTrees(folders: Pick<Folders, 'cache'>, signal?: AbortSignal): Promise<CachedTree[]> {
  const places = await placesOf(folders)
  const bytes = await bytesIn(
    places.map(({ path }) => path),
    signal,
  )
  return places.map(({ path, kind, lastUsed }, index) => ({ path, kind, lastUsed, bytes: bytes[index]! }))
}

async function placesOf({ cache }: Pick<Folders, 'cache'>): Promise<Place[]> {
  return [
    ...(await kernelBuilds(join(cache, 'kernels'))),
    ...(await placesIn(join(cache, 'sources'), 'source tree', ['source.json', 'whole'])),
    ...(await placesIn(join(cache, 'firmware'), 'firmware build', ['products.json'])),
    ...(await placesIn(join(cache, 'git'), 'snapshot', [snapshotNote, 'index'], /^tree-.*\.git$/)),
  ]
}

/** What went of the cache; `busy` when somebody builds from it, and nothing could go. */
export interface TreesGone {
  trees: CachedTree[]
  busy: boolean
}

/**
 * Takes those trees of the cache away that were used longest ago, until so many bytes have gone, and what an earlier call
 * did not come to delete. Nothing goes while anybody builds from the cache.
 * @param trees what there is
 * @param bytes how many are to go
 * @param now epoch ms
 */
export async function removeTrees(
  folders: Pick<Folders, 'cache'>,
  trees: readonly CachedTree[],
  bytes: number,
  { now, dryRun = false }: { now: number; dryRun?: boolean },
): Promise<TreesGone> {
  const going = chooseTrees(trees, bytes, now)
  if (dryRun) return { trees: going, busy: false }
  const moved = going.length === 0 ? [] : await whileCacheIsIdle(folders, () => moveAway(folders, going))
  await rm(goingFolder(folders), { recursive: true, force: true })
  return moved === undefined ? { trees: [], busy: true } : { trees: moved, busy: false }
}

/** @returns those that went: one that was used meanwhile stays */
async function moveAway(folders: Pick<Folders, 'cache'>, going: CachedTree[]): Promise<CachedTree[]> {
  const places = new Map((await placesOf(folders)).map((place) => [place.path, place]))
  const moved = going.filter(({ path, lastUsed }) => places.get(path)?.lastUsed === lastUsed)
  for (const { path } of moved) {
    await putAside(folders, path, places.get(path)!.note)
    const siblings = dirname(path)
    // What is left of a kernel's tree without builds is of use to none.
    if (basename(dirname(siblings)) === 'kernels' && !(await hasBuilds(siblings)))
      await putAside(folders, siblings, join(siblings, 'tree.json'))
  }
  return moved
}

async function putAside(folders: Pick<Folders, 'cache'>, path: string, note: string): Promise<void> {
  try {
    await mkdir(goingFolder(folders), { recursive: true })
    await rename(path, join(goingFolder(folders), randomUUID()))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    // A disk without room for one more folder: what is cut off here is no tree any longer, for its note goes first.
    await rm(note, { force: true })
    await rm(path, { recursive: true, force: true })
  }
}

async function kernelBuilds(folder: string): Promise<Place[]> {
  const trees = await namesIn(folder)
  const builds = await Promise.all(trees.map((name) => placesIn(join(folder, name), 'kernel build', ['variant.json'])))
  return builds.flat()
}

async function hasBuilds(siblings: string): Promise<boolean> {
  return (await namesIn(siblings)).some((name) => existsSync(join(siblings, name, 'variant.json')))
}

/** The folders in which one of these notes says what they are: its time is when they were used last. */
async function placesIn(folder: string, kind: string, notes: string[], pattern = /^[^.]+$/): Promise<Place[]> {
  const names = (await namesIn(folder)).filter((name) => pattern.test(name))
  const places = names.map(async (name): Promise<Place[]> => {
    const path = join(folder, name)
    for (const note of notes) {
      const found = await stat(join(path, note)).catch(() => undefined)
      if (found) return [{ path, kind, lastUsed: found.mtimeMs, note: join(path, note) }]
    }
    return []
  })
  return (await Promise.all(places)).flat()
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => [])
  return names.toSorted()
}
