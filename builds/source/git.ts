import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describeLocation } from '../../domain/describe-location.ts'
import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { sha256 } from '../../host/sha256.ts'
import { gitEnvironment } from './git-refs.ts'
import { type SourceContext, type SourceProvider } from './source.ts'

type GitLocation = Extract<SourceLocation, { kind: 'git' }>

/**
 * A ref of a git repository, local (a path) or remote (a URL). Refs are resolved anew each time, because a branch is
 * meant to move; what was built is known by the commit.
 */
export const gitRef: SourceProvider<GitLocation> = {
  async known(location, context) {
    if (isCommitId(location.ref)) return `commit:${location.ref}`
    return isLocal(location) ? `commit:${await resolveLocal(location, context)}` : undefined
  },
  async fetch(location, context) {
    const local = isLocal(location)
    const repository = local ? await gitDirOf(location.url, context) : cloneFolder(location, context)
    const commit = local ? await resolveLocal(location, context) : await fetchRemote(location, repository, context)
    return {
      source: `commit:${commit}`,
      from: describeLocation(location),
      async unpack(folder) {
        await checkout(repository, commit, folder, context)
        const time = await runOrThrow('git', ['--git-dir', repository, 'show', '-s', '--format=%ct', commit])
        return Number(time.trim())
      },
    }
  },
}

/**
 * Writes a commit or tree of a repository into an empty folder, exactly as git holds it. The repository's own index and
 * work tree are not touched.
 */
export async function checkout(
  repository: string,
  treeish: string,
  folder: string,
  context: SourceContext,
): Promise<void> {
  context.progress({ phase: 'unpack', done: 0 })
  const index = `${folder}.index`
  const git = ['--git-dir', repository]
  const options = { env: { GIT_INDEX_FILE: index }, signal: context.signal }
  await runOrThrow('git', [...git, 'read-tree', treeish], options)
  await runOrThrow('git', [...git, '--work-tree', folder, 'checkout-index', '--all', '--force'], options)
  await rm(index)
}

/**
 * The repository's own folder (`.git`, or what a worktree's `.git` file points to).
 * @throws LabError SourceMissing when the path is no git repository
 */
export async function gitDirOf(path: string, context: SourceContext): Promise<string> {
  const { code, stdout, stderr } = await run('git', ['-C', path, 'rev-parse', '--absolute-git-dir'], {
    signal: context.signal,
  })
  if (code !== 0) throw new LabError('SourceMissing', `${path} is no git repository: ${stderr.trim().split('\n')[0]}`)
  return stdout.trim()
}

/** Whether a repository is a folder of this machine. */
export function isLocal(location: GitLocation): boolean {
  return location.url.startsWith('/')
}

/** Whether a ref names a commit for good. */
export function isCommitId(ref: string): boolean {
  return /^[0-9a-f]{40}$/.test(ref)
}

function cloneFolder(location: GitLocation, context: SourceContext): string {
  return join(context.folders.cache, 'git', `${sha256(location.url).slice(0, 16)}.git`)
}

/**
 * The commit that a ref of a local repository names at this moment.
 * @throws LabError SourceMissing
 */
export async function resolveLocal(location: GitLocation, context: SourceContext): Promise<string> {
  const args = ['-C', location.url, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${location.ref}^{commit}`]
  const { code, stdout } = await run('git', args, { signal: context.signal })
  if (code === 0) return stdout.trim()
  await gitDirOf(location.url, context)
  throw new LabError('SourceMissing', `The git repository ${location.url} has no ref ${location.ref}.`)
}

/** Fetches one commit without its history: a kernel's history is gigabytes, its tree is not. */
async function fetchRemote(location: GitLocation, repository: string, context: SourceContext): Promise<string> {
  return await withLock(`${repository}.lock`, { signal: context.signal }, async () => {
    await mkdir(repository, { recursive: true })
    if (!existsSync(join(repository, 'HEAD'))) await runOrThrow('git', ['init', '-q', '--bare', repository])
    const git = ['--git-dir', repository]
    if (isCommitId(location.ref)) {
      const have = await run('git', [...git, 'cat-file', '-e', `${location.ref}^{tree}`])
      if (have.code === 0) return location.ref
    }
    context.progress({ phase: 'download', done: 0 })
    const keep = `+${location.ref}:refs/hyplab/${sha256(location.ref).slice(0, 16)}`
    const args = [...git, 'fetch', '-q', '--depth=1', '--no-tags', location.url, keep]
    const { code, stderr } = await run('git', args, { signal: context.signal, env: gitEnvironment })
    if (code !== 0) {
      throw new LabError(
        'SourceMissing',
        `${location.ref} of ${location.url} cannot be fetched: ${stderr
          .trim()
          .replace(/^fatal: /gm, '')
          .split('\n')
          .slice(0, 2)
          .join(' | ')}`,
        { retryable: true },
      )
    }
    return (
      await runOrThrow('git', [...git, 'rev-parse', `refs/hyplab/${sha256(location.ref).slice(0, 16)}^{commit}`])
    ).trim()
  })
}
