import { existsSync } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { requireFreeSpace } from '../../host/disk.ts'
import { takeLock, tryLock, withLock, type Lock } from '../../host/lock.ts'
import type { BuildContext } from '../build.ts'
import { markUsed } from '../cache/in-use.ts'
import { spaceNeeded } from '../cache/space-needed.ts'
import { buildPath } from '../make/build-environment.ts'
import { runLogged } from '../make/run-logged.ts'
import type { SourceTree } from '../source/source.ts'
import type { variantAt, VariantFolders } from './kernel-folders.ts'
import { moveOutput } from './move-output.ts'
import { parentOf, type ParentTree } from './parent-tree.ts'
import { describeVariant, distanceOf, variantsIn, type Wanted } from './variant-note.ts'

/** What was known of the variant's O= folder before this build. */
export type Start = 'again' | 'seeded' | 'scratch'

/** An O= folder that is ready for make, and the lock on it. */
export interface Output {
  start: Start
  lock: Lock
}

/**
 * Takes the lock on a variant's O= folder. A new one starts as a copy of the nearest one of the same tree, or of the tree
 * that this one differs little from: the one whose requested symbols differ least. When that one is being built at the moment, waiting for it is cheaper than
 * compiling the same files beside it.
 * @returns the lock, which the caller releases, and how the folder came to be; `scratch` is not there yet.
 * @throws LabError DiskFull; the signal's reason.
 */
export async function openOutput(
  variant: VariantFolders,
  tree: SourceTree,
  wanted: Wanted,
  context: BuildContext,
): Promise<Output> {
  const onWait = () => context.progress({ phase: 'wait', done: 0 })
  const entered = await enter(variant, tree, wanted, context)
  const lock = entered.lock ?? (await takeLock(variant.lock, { signal: context.signal, onWait }))
  try {
    await requireFreeSpace(variant.folder, spaceNeeded.kernel, 'A kernel build')
    await markUsed(variant.note)
    if (existsSync(variant.output)) return { start: 'again', lock }
    const seeded = await seed(variant, tree, entered, context, onWait)
    return { start: seeded ? 'seeded' : 'scratch', lock }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** What a build saw when it came to the O= folders of its tree. */
interface Entered {
  /** The lock of its own, when nobody else held it. */
  lock: Lock | undefined
  /** It was the first to come for its variant. */
  fresh: boolean
  /** The other variants that were there, the nearest first. */
  siblings: Sibling[]
}

/**
 * Comes to the O= folders of a tree, one build at a time: whoever comes later sees the variant with its lock held, and
 * knows that it is about to be built.
 */
async function enter(
  variant: VariantFolders,
  tree: SourceTree,
  wanted: Wanted,
  context: BuildContext,
): Promise<Entered> {
  return await withLock(variant.siblingsLock, { signal: context.signal }, async () => {
    const parent = await parentOf(variant, tree, wanted, context)
    const siblings = await nearestFirst(variant, parent, wanted)
    const lock = await tryLock(variant.lock)
    const fresh = !existsSync(variant.note)
    try {
      if (fresh) await describeVariant(variant.note, wanted)
      return { siblings, lock, fresh: fresh && lock !== undefined }
    } catch (error) {
      lock?.release()
      throw error
    }
  })
}

/** @returns false when there is no O= folder to start from. */
async function seed(
  variant: VariantFolders,
  tree: SourceTree,
  { siblings, fresh }: Entered,
  context: BuildContext,
  onWait: () => void,
): Promise<boolean> {
  for (const [rank, sibling] of siblings.entries()) {
    // A wait always points at a variant that had come before, so that no circle of waits can form.
    const wait = fresh && rank === 0
    const lock = await (wait ? takeLock(sibling.lock, { signal: context.signal, onWait }) : tryLock(sibling.lock))
    if (lock === undefined) continue
    try {
      if (!existsSync(sibling.output) || existsSync(sibling.building)) continue
      if (sibling.parent && (await holdsPaths(sibling.output))) continue
      if (await copyOutput(sibling, variant, tree, context)) return true
    } finally {
      lock.release()
    }
  }
  return false
}

/** A variant of the same tree, or of its parent. */
type Sibling = ReturnType<typeof variantAt> & { parent?: ParentTree }

async function nearestFirst(
  variant: VariantFolders,
  parent: ParentTree | undefined,
  wanted: Wanted,
): Promise<Sibling[]> {
  const own = (await variantsIn(variant.siblings)).filter(({ folder }) => folder !== variant.folder)
  const others = parent ? (await variantsIn(parent.siblings)).map((sibling) => ({ ...sibling, parent })) : []
  const ranked = [...own, ...others].map(async (sibling: Sibling) => ({
    sibling,
    // What differs from another tree is less than one symbol.
    distance: (await distanceOf(sibling.note, wanted)) + (sibling.parent ? 0.5 : 0),
  }))
  return (await Promise.all(ranked)).sort((a, b) => a.distance - b.distance).map(({ sibling }) => sibling)
}

/** Debug information names the tree's files, perhaps in compressed sections, where no path can be put in place of another. */
async function holdsPaths(output: string): Promise<boolean> {
  const config = await readFile(join(output, '.config'), 'utf8').catch(() => '')
  return config === '' || /^CONFIG_DEBUG_INFO=y$/m.test(config)
}

/**
 * Copies an O= folder with its times, which make goes by. It appears at its place whole or not at all.
 * @returns false when it is one of another tree and cannot become one of this.
 */
async function copyOutput(
  { output, parent }: Sibling,
  variant: VariantFolders,
  tree: SourceTree,
  context: BuildContext,
): Promise<boolean> {
  context.progress({ phase: 'seed', done: 0 })
  const part = `${variant.output}.part`
  await rm(part, { recursive: true, force: true })
  const code = await runLogged(
    {
      command: ['cp', '-a', '--reflink=auto', output, part],
      folder: variant.folder,
      environment: { PATH: buildPath, LC_ALL: 'C' },
      lockFile: variant.makeLock,
    },
    context,
  )
  if (code !== 0) {
    await rm(part, { recursive: true, force: true })
    throw new LabError(
      'DiskFull',
      `${output} could not be copied (cp ended with ${code}), see the build's log: is the disk full?`,
    )
  }
  if (parent && !(await moveOutput(part, parent, tree.folder, context.signal))) {
    await rm(part, { recursive: true, force: true })
    return false
  }
  await rename(part, variant.output)
  return true
}
