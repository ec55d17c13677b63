import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describeLocation } from '../../domain/describe-location.ts'
import type { TreeLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'
import { run } from '../../host/run.ts'
import { sha256 } from '../../host/sha256.ts'
import { markUsed } from '../cache/in-use.ts'
import { checkout } from './git.ts'
import { snapshotNote, takeSnapshot } from './snapshot.ts'
import { type SourceContext, type SourceProvider } from './source.ts'
import { repositoryOf } from './work-tree.ts'

/**
 * A folder that somebody works in. Its content is taken as it is when it is frozen (a run does that once, as it begins),
 * else as it is now: in a git work tree, what git tracks or would track (so uncommitted and new files count, ignored ones
 * do not); in any other folder, every file. The identity is git's tree id of exactly that content, and the build uses a
 * snapshot of it, so that edits during a build change nothing.
 */
export const localTree: SourceProvider<TreeLocation> = {
  // Unless it is frozen the whole tree has to be looked at; that happens in `fetch`.
  known: ({ snapshot }) => Promise.resolve(snapshot === undefined ? undefined : `tree:${snapshot}`),
  async fetch(location, context) {
    const { path } = location
    const snapshot = location.snapshot ?? (await freezeTree(location, context)).snapshot!
    const repository = repositoryFor(path, context)
    if (!(await isKept(repository, snapshot, context))) await takeAgain(path, snapshot, context)
    return {
      source: `tree:${snapshot}`,
      from: describeLocation(location),
      async unpack(folder) {
        await markUsed(join(repository, snapshotNote))
        await checkout(repository, snapshot, folder, context).catch(async (cause: unknown) => {
          context.signal.throwIfAborted()
          if (!(cause instanceof LabError) || cause.code !== 'BadInput') throw cause
          // What the user's repository had committed has been pruned there, or is gone with it.
          await rm(`${folder}.index`, { force: true })
          await takeAgain(path, snapshot, context, cause)
          await checkout(repository, snapshot, folder, context)
        })
        // A tree under somebody's hands has no date of its own; one that stays the same gives equal bytes.
        return 0
      },
    }
  },
}

/**
 * A work tree as it is now, for as long as the cache keeps it; one that is frozen already is returned as it is.
 * @throws LabError SourceMissing when there is no such folder; what takeSnapshot throws
 */
export async function freezeTree(location: TreeLocation, context: SourceContext): Promise<TreeLocation> {
  if (location.snapshot !== undefined) return location
  const { path } = location
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) throw new LabError('SourceMissing', `There is no source tree in ${path}.`)
  const snapshot = await snapshotOf(path, context)
  const was = await headOf(path, snapshot, context)
  return { ...location, snapshot, ...(was !== undefined && { was }) }
}

async function snapshotOf(path: string, context: SourceContext): Promise<string> {
  const repository = repositoryFor(path, context)
  return await withLock(`${repository}.lock`, { signal: context.signal }, () => takeSnapshot(path, repository, context))
}

function repositoryFor(path: string, { folders }: SourceContext): string {
  return join(folders.cache, 'git', `tree-${sha256(path).slice(0, 16)}.git`)
}

async function isKept(repository: string, tree: string, { signal }: SourceContext): Promise<boolean> {
  const { code } = await run('git', ['--git-dir', repository, 'cat-file', '-e', `${tree}^{tree}`], { signal })
  return code === 0
}

/** Has a snapshot that the cache lost taken again: that helps only when nobody has changed the tree since. */
async function takeAgain(path: string, snapshot: string, context: SourceContext, cause?: LabError): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() && (await snapshotOf(path, context)) === snapshot) return
  const sentence = `The snapshot ${snapshot.slice(0, 12)} of ${path} is no longer whole, and the tree is another one now: run the plan again.`
  throw new LabError('BadInput', sentence, { cause })
}

/** Of a git work tree, in words: its commit, and whether the snapshot has more than that. */
async function headOf(path: string, snapshot: string, { signal }: SourceContext): Promise<string | undefined> {
  if ((await repositoryOf(path, signal)) === undefined) return undefined
  const git = ['-C', path, 'rev-parse', '--verify', '--quiet']
  const head = await run('git', [...git, 'HEAD^{commit}'], { signal })
  if (head.code !== 0) return undefined
  const tree = await run('git', [...git, 'HEAD:./'], { signal })
  const commit = `commit ${head.stdout.trim().slice(0, 12)}`
  return tree.stdout.trim() === snapshot ? commit : `${commit} with changes that are not committed`
}
