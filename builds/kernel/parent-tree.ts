import { existsSync, lutimesSync } from 'node:fs'
import { lstat, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Folders } from '../../host/folders.ts'
import type { BuildContext } from '../build.ts'
import { compareTrees, type TreeDifference } from '../source/compare-trees.ts'
import type { SourceIdentity, SourceTree } from '../source/source.ts'
import { kernelsFolder, type VariantFolders } from './kernel-folders.ts'
import { distanceOf, variantsIn, type Wanted } from './variant-note.ts'

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
/** To compare two trees of kernels takes some ten seconds. */
const mostCompared = 2
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
  wanted: Wanted,
  context: BuildContext,
): Promise<ParentTree | undefined> {
  const path = join(variant.siblings, 'parent.json')
  const known = await readNote(path, parentNote)
  if (known !== undefined) return known !== null && (await isAsItWas(known, tree.folder)) ? known : undefined
  await writeNote(join(variant.siblings, 'tree.json'), { folder: tree.folder, ...tree.identity })
  const parent = (await variantsIn(variant.siblings)).length === 0 ? await adopt(tree, wanted, context) : undefined
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

async function adopt(tree: SourceTree, wanted: Wanted, context: BuildContext): Promise<ParentNote | undefined> {
  for (const relative of (await relatives(tree, wanted, context.folders)).slice(0, mostCompared)) {
    context.progress({ phase: 'compare', done: 0 })
    const difference = await compareTrees(relative.folder, tree.folder, context.signal)
    if (isSmall(difference)) return { ...relative, ...setTimes(tree.folder, difference) }
  }
  return undefined
}

function isSmall({ changed, added, removed, same }: TreeDifference): boolean {
  if (changed.length + added.length + removed.length > mostDifferent) return false
  // make does not see that a new header hides another one of its name from who includes it.
  const headers = new Set(added.filter((path) => path.endsWith('.h')).map((path) => basename(path)))
  return headers.size === 0 || ![...same.keys(), ...changed].some((path) => headers.has(basename(path)))
}

function setTimes(folder: string, { changed, added, same }: TreeDifference): Omit<ParentNote, 'folder' | 'siblings'> {
  const changedAt = Math.floor(Date.now() / 1000) * 1000
  let sameUntil = longAgo.getTime()
  // All at once: one by one in the background, the files of a kernel take ten times as long.
  for (const [path, time] of same) {
    if (time < changedAt - lately) sameUntil = Math.max(sameUntil, time)
    else lutimesSync(join(folder, path), longAgo, longAgo)
  }
  const now = new Date(changedAt)
  const different = [...changed, ...added]
  for (const path of different) lutimesSync(join(folder, path), now, now)
  return { changedAt, sameUntil, different }
}

type Relative = Pick<ParentTree, 'folder' | 'siblings'>

/**
 * The trees of the same version that were built here, the nearest first: by the symbols in which a variant of theirs differs
 * from the one that is wanted, then by patches, then by when they were built.
 */
async function relatives(tree: SourceTree, wanted: Wanted, folders: Folders): Promise<Relative[]> {
  const version = await versionOf(tree.folder)
  const found: (Relative & { symbols: number; patches: number; built: number })[] = []
  for (const name of await readdir(kernelsFolder(folders))) {
    const siblings = join(kernelsFolder(folders), name)
    const note = await readNote(join(siblings, 'tree.json'), treeNote)
    // What lies at this tree's place now is this tree. Paths are put in place of one another in binary files, too.
    if (!note || note.folder === tree.folder || note.folder.length !== tree.folder.length) continue
    const nearest = await nearestBuilt(siblings, wanted)
    if (!nearest || (await versionOf(note.folder)) !== version) continue
    found.push({ folder: note.folder, siblings, patches: patchDistance(note, tree.identity), ...nearest })
  }
  return found
    .sort((a, b) => a.symbols - b.symbols || a.patches - b.patches || b.built - a.built)
    .map(({ folder, siblings }) => ({ folder, siblings }))
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

/** Of the variants of a tree that were built: in how many symbols the nearest differs, and when that was, milliseconds since 1970. */
async function nearestBuilt(siblings: string, wanted: Wanted): Promise<{ symbols: number; built: number } | undefined> {
  const found: { symbols: number; built: number }[] = []
  for (const { note, output } of await variantsIn(siblings)) {
    const built = await stat(output).catch(() => undefined)
    if (built) found.push({ symbols: await distanceOf(note, wanted), built: built.mtimeMs })
  }
  return found.toSorted((a, b) => a.symbols - b.symbols || b.built - a.built)[0]
}

async function readNote<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : schema.parse(JSON.parse(text))
}

async function writeNote(path: string, note: unknown): Promise<void> {
  await writeFile(`${path}.part`, JSON.stringify(note, null, 2))
  await rename(`${path}.part`, path)
}
