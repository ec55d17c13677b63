import { existsSync } from 'node:fs'
import { lstat, lutimes, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { BuildContext } from '../build.ts'
import { compareTrees, type TreeDifference } from '../source/compare-trees.ts'
import type { SourceIdentity, SourceTree } from '../source/source.ts'
import { kernelsFolder, variantAt, type VariantFolders } from './kernel-folders.ts'

/** The tree that another one differs little from, e.g. by a patch: an O= of the one may become an O= of the other. */
export interface ParentTree {
  folder: string
  /** Where the O= folders of the parent lie. */
  siblings: string
  /** Milliseconds since 1970: the time that files have which differ from the parent's; all others have an older one. */
  changedAt: number
  /** Milliseconds since 1970 of the newest file that is as in the parent. */
  sameUntil: number
}

/** What the O= folders of a tree are for; beside them, because the folders' names are hashes. */
const treeNote = z.object({ folder: z.string(), source: z.string(), patches: z.array(z.string()) })
const parentNote = z
  .object({
    folder: z.string(),
    siblings: z.string(),
    changedAt: z.number(),
    sameUntil: z.number(),
    /** What differs from the parent, below the tree; what only the parent has is not among it. */
    different: z.array(z.string()),
  })
  .nullable()
type ParentNote = NonNullable<z.infer<typeof parentNote>>

/** Trees that differ in more files are no relatives. */
const mostDifferent = 2_000
/** Milliseconds. Files that are as in the parent and were unpacked lately are given a time before every build. */
const lately = 24 * 3600 * 1000
const longAgo = new Date('2000-01-01T00:00:00Z')

/**
 * The parent of a tree, chosen when its first O= is about to be made, and the same from then on. Choosing it sets the times
 * of the tree's files, by which make then finds what differs; nobody has gone by them yet.
 * The caller holds the lock of the tree's O= folders.
 * @throws the signal's reason
 */
export async function parentOf(
  variant: VariantFolders,
  tree: SourceTree,
  context: BuildContext,
): Promise<ParentTree | undefined> {
  const path = join(variant.siblings, 'parent.json')
  const known = await readNote(path, parentNote)
  if (known !== undefined) return known !== null && (await isAsItWas(known, tree.folder)) ? known : undefined
  await writeNote(join(variant.siblings, 'tree.json'), { folder: tree.folder, ...tree.identity })
  const parent = (await variantsIn(variant.siblings)).length === 0 ? await adopt(tree, context) : undefined
  await writeNote(path, parent ?? null)
  return parent
}

/** A tree that was deleted and unpacked again lost the times of its files, and nothing may be concluded from them. */
async function isAsItWas({ folder, changedAt, different }: ParentNote, tree: string): Promise<boolean> {
  const times = different.map((path) =>
    lstat(join(tree, path)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    ),
  )
  return existsSync(folder) && (await Promise.all(times)).every((time) => time === changedAt)
}

async function adopt(tree: SourceTree, context: BuildContext): Promise<ParentNote | undefined> {
  const relative = await nearestRelative(tree, context)
  if (!relative) return undefined
  context.progress({ phase: 'compare', done: 0 })
  const difference = await compareTrees(relative.folder, tree.folder, context.signal)
  return isSmall(difference) ? { ...relative, ...(await setTimes(tree.folder, difference, context.signal)) } : undefined
}

function isSmall({ changed, added, removed, same }: TreeDifference): boolean {
  if (changed.length + added.length + removed.length > mostDifferent) return false
  // make does not see that a new header hides another one of its name from who includes it.
  const headers = new Set(added.filter((path) => path.endsWith('.h')).map((path) => basename(path)))
  return headers.size === 0 || ![...same.keys(), ...changed].some((path) => headers.has(basename(path)))
}

async function setTimes(
  folder: string,
  { changed, added, same }: TreeDifference,
  signal: AbortSignal,
): Promise<Omit<ParentNote, 'folder' | 'siblings'>> {
  const changedAt = Math.floor(Date.now() / 1000) * 1000
  let sameUntil = longAgo.getTime()
  for (const [path, time] of same) {
    signal.throwIfAborted()
    if (time < changedAt - lately) sameUntil = Math.max(sameUntil, time)
    else await lutimes(join(folder, path), longAgo, longAgo)
  }
  const now = new Date(changedAt)
  const different = [...changed, ...added]
  for (const path of different) await lutimes(join(folder, path), now, now)
  return { changedAt, sameUntil, different }
}

type Relative = Pick<ParentTree, 'folder' | 'siblings'>

/** A tree of the same version that was built here: one of the same source with the fewest other patches, else the one built last. */
async function nearestRelative(tree: SourceTree, { folders }: BuildContext): Promise<Relative | undefined> {
  const version = await versionOf(tree.folder)
  const found: (Relative & { distance: number; built: number })[] = []
  for (const name of await readdir(kernelsFolder(folders))) {
    const siblings = join(kernelsFolder(folders), name)
    const note = await readNote(join(siblings, 'tree.json'), treeNote)
    // What lies at this tree's place now is this tree. Paths are put in place of one another in binary files, too.
    if (!note || note.folder === tree.folder || note.folder.length !== tree.folder.length) continue
    const built = await lastBuilt(siblings)
    if (built === undefined || (await versionOf(note.folder)) !== version) continue
    found.push({ folder: note.folder, siblings, distance: patchDistance(note, tree.identity), built })
  }
  const [nearest] = found.sort((a, b) => a.distance - b.distance || b.built - a.built)
  return nearest && { folder: nearest.folder, siblings: nearest.siblings }
}

function patchDistance(one: SourceIdentity, other: SourceIdentity): number {
  if (one.source !== other.source) return Number.MAX_SAFE_INTEGER
  const common = one.patches.findIndex((patch, n) => patch !== other.patches[n])
  const shared = common < 0 ? Math.min(one.patches.length, other.patches.length) : common
  return one.patches.length + other.patches.length - 2 * shared
}

/** VERSION to EXTRAVERSION at the top of the tree's Makefile; undefined where there is none. */
async function versionOf(tree: string): Promise<string | undefined> {
  const text = await readFile(join(tree, 'Makefile'), 'utf8').catch(() => '')
  return /^VERSION = .*\nPATCHLEVEL = .*\nSUBLEVEL = .*\nEXTRAVERSION =.*$/m.exec(text)?.[0]
}

/** When an O= folder that is there was prepared last, milliseconds since 1970. */
async function lastBuilt(siblings: string): Promise<number | undefined> {
  const times = (await variantsIn(siblings)).map(({ output }) =>
    stat(output).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    ),
  )
  return (await Promise.all(times)).filter((time) => time !== undefined).toSorted((a, b) => b - a)[0]
}

/** The variants of a tree, as far as they are described. */
export async function variantsIn(siblings: string): Promise<ReturnType<typeof variantAt>[]> {
  const names = await readdir(siblings).catch(() => [])
  return names.map((name) => variantAt(join(siblings, name))).filter(({ note }) => existsSync(note))
}

async function readNote<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : schema.parse(JSON.parse(text))
}

async function writeNote(path: string, note: unknown): Promise<void> {
  await writeFile(`${path}.part`, JSON.stringify(note, null, 2))
  await rename(`${path}.part`, path)
}
