import { join } from 'node:path'
import { cachedTrees, removeTrees, type TreesGone } from '../../builds/cache/trees.ts'
import { LabError } from '../../domain/errors.ts'
import type { KeepRules } from '../../domain/keep/keep-rules.ts'
import { takeLock, tryLock } from '../../host/lock.ts'
import { readKeepRules } from '../../reading/read-keep.ts'
import { sweepArtifacts, type Swept } from '../../store/keeping/sweep-artifacts.ts'
import { writeUsage, type Usage } from '../../store/keeping/usage.ts'
import { removeLeftovers } from './leftovers.ts'
import { excessOf, type Keeping } from './look-at-room.ts'
import { measure } from './measure.ts'
import { giveUp, type Plan, type Removal, type SparedBy } from './plan-removal.ts'

export interface Collection {
  /** Epoch ms. */
  now: number
  signal: AbortSignal
  /** Changes nothing. */
  dryRun?: boolean
  /** Bytes that a build wants in the cache beside the floor. */
  need?: number
  /** Called once when another collection is under way; without it there is none beside it. */
  onWait?: () => void
}

/** What a collection of garbage came to. */
export interface Garbage {
  dryRun: boolean
  removals: Removal[]
  spared: SparedBy[]
  /** Artifacts that no row points to: what was given up now, and what was left before. */
  artifacts: Swept
  /** Folders and files that were left by what died. */
  leftovers: number
  cache: TreesGone
  /** Bytes of each folder, afterwards; with a dry run before. */
  usage: Usage[]
}

/**
 * Removes what the rules no longer keep: first it is noted in the database, then the bytes go, so that a collection that is
 * killed at any moment leaves nothing missing that a row counts on, and the next one finishes. It goes on beside runs, builds
 * and other commands. Of the cache only so much goes as its own limit, the budget and the disk want.
 * @returns undefined when another collection is under way and nobody wants to wait for it
 * @throws LabError LabInvalid, BadInput when the rules cannot be read: then nothing goes; StoreBroken; the signal's reason
 */
export async function collectGarbage(keeping: Keeping, collection: Collection): Promise<Garbage | undefined> {
  const { folders } = keeping
  const { signal, onWait, dryRun = false } = collection
  const rules = await readKeepRules(folders)
  if (dryRun) return await collect(keeping, rules, collection)
  const path = join(folders.state, 'gc.lock')
  const lock = onWait === undefined ? await tryLock(path) : await takeLock(path, { signal, onWait })
  if (lock === undefined) return undefined
  try {
    return await collect(keeping, rules, collection)
  } finally {
    lock.release()
  }
}

async function collect(keeping: Keeping, rules: KeepRules, collection: Collection): Promise<Garbage> {
  const { folders, store } = keeping
  const { now, signal, dryRun = false, need = 0 } = collection
  const give = (): Promise<Plan> => giveUp(store, rules, { now, dryRun, signal })
  // On a disk without any room nothing can be noted before something has gone that needs no note.
  const early = await give().catch((error: unknown) => {
    if (error instanceof LabError && error.code === 'DiskFull') return undefined
    throw error
  })
  const alsoGone = early?.alsoGone ?? new Set<string>()
  const artifacts = await sweepArtifacts(store, { now, signal, dryRun, alsoGone })
  const leftovers = await removeLeftovers(keeping, now, dryRun)
  const trees = await cachedTrees(folders, signal)
  const before = await measure(folders, now, signal)
  const taken = trees.reduce((sum, { bytes }) => sum + bytes, 0)
  const beyond = rules.cache === undefined ? 0 : taken - rules.cache
  const excess = Math.max(beyond, await excessOf(folders, rules, before, need))
  const cache = await removeTrees(folders, trees, excess, { now, dryRun })
  const { removals, spared } = early ?? (await give())
  if (early === undefined) add(artifacts, await sweepArtifacts(store, { now, signal }))
  const usage = cache.trees.length === 0 || dryRun ? before : await measure(folders, now, signal)
  if (!dryRun) await writeUsage(store, usage)
  return { dryRun, removals, spared, artifacts, leftovers, cache, usage }
}

function add(to: Swept, more: Swept): void {
  to.files += more.files
  to.bytes += more.bytes
}

/** Whether a collection failed for what its rules' file says, which waits for the admin. */
export function isOfRules(error: unknown): error is LabError {
  return error instanceof LabError && (error.code === 'LabInvalid' || error.code === 'BadInput')
}
