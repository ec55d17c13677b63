import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { sha256 } from '../../host/sha256.ts'
import { gitDirOf } from './git.ts'
import type { SourceContext } from './source.ts'

type GitLocation = Pick<Extract<SourceLocation, { kind: 'git' }>, 'url'>

/** The commits between two, as a bisection goes through them. */
export interface CommitRange {
  /** Full ids, the older end first; each but the first has the one before it as an ancestor. */
  ids: string[]
  /** Whether the one that was named second is the older one. */
  turned: boolean
}

/** More commits than that are not written into a run: years of a kernel's merges are fewer. */
const mostCommits = 20_000

/**
 * The commits between two revisions of a git repository, local (a path) or remote (a URL), the first parents only: of a merge
 * either all is in a version or nothing, so that each version has all that those before it have (git-bisect(1), --first-parent).
 * @throws LabError SourceMissing when the repository cannot be reached; BadInput when a revision is not there, neither is an
 *   ancestor of the other, or there are too many
 */
export async function commitsBetween(
  { url }: GitLocation,
  [one, other]: readonly [string, string],
  context: SourceContext,
): Promise<CommitRange> {
  const git = await historyOf(url, [one, other], context)
  const from = await commitOf(git, one, url, context)
  const to = await commitOf(git, other, url, context)
  if (from === to) throw new LabError('BadInput', `${one} and ${other} are the same commit of ${url}, ${from}.`)
  const turned = await isAncestor(git, to, from, context)
  if (!turned && !(await isAncestor(git, from, to, context)))
    throw new LabError(
      'BadInput',
      `Neither of ${one} and ${other} of ${url} has the other in its history: name another end.`,
    )
  const [older, newer] = turned ? [to, from] : [from, to]
  const list = await runOrThrow('git', [...git, 'rev-list', '--first-parent', '--reverse', `${older}..${newer}`], {
    signal: context.signal,
  })
  const ids = [older, ...list.split('\n').filter((id) => id !== '')]
  if (ids.length > mostCommits)
    throw new LabError(
      'BadInput',
      `Between ${one} and ${other} are ${ids.length} commits, more than ${mostCommits}: name nearer ends.`,
    )
  return { ids, turned }
}

/**
 * The first line of what commits say, by their ids; those of a repository that is gone, or that it does not have, are left out.
 */
export async function subjectsOf(
  url: string,
  ids: readonly string[],
  context: SourceContext,
): Promise<Map<string, string>> {
  const git = url.startsWith('/') ? ['-C', url] : ['--git-dir', historyFolder(url, context)]
  const subjects = await Promise.all(
    ids.map(async (id) => {
      const { code, stdout } = await run('git', [...git, 'show', '-s', '--format=%s', id, '--'], {
        signal: context.signal,
      })
      return [id, code === 0 ? stdout.trim() : ''] as const
    }),
  )
  return new Map(subjects.filter(([, subject]) => subject !== ''))
}

/**
 * Makes a repository's history available, without its trees where it is fetched: those of the versions that are built are
 * fetched one by one.
 * @returns the options by which git finds it
 */
async function historyOf(url: string, revisions: readonly string[], context: SourceContext): Promise<string[]> {
  if (url.startsWith('/')) return ['--git-dir', await gitDirOf(url, context)]
  const folder = historyFolder(url, context)
  return await withLock(`${folder}.lock`, { signal: context.signal }, async () => {
    await mkdir(folder, { recursive: true })
    const git = ['--git-dir', folder]
    if (!existsSync(join(folder, 'HEAD'))) await runOrThrow('git', ['init', '-q', '--bare', folder])
    for (const revision of revisions) {
      context.progress({ phase: 'download', done: 0 })
      const args = [...git, 'fetch', '-q', '--no-tags', '--filter=tree:0', url, `+${revision}:${refOf(revision)}`]
      const { code, stderr } = await run('git', args, { signal: context.signal, env: { GIT_TERMINAL_PROMPT: '0' } })
      if (code === 0) continue
      const why = stderr
        .trim()
        .replace(/^fatal: /gm, '')
        .split('\n')[0]
      throw new LabError('SourceMissing', `The history of ${revision} of ${url} cannot be fetched: ${why}`, {
        retryable: true,
      })
    }
    return git
  })
}

async function commitOf(git: string[], revision: string, url: string, context: SourceContext): Promise<string> {
  const name = url.startsWith('/') ? revision : refOf(revision)
  const args = [...git, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const { code, stdout } = await run('git', args, { signal: context.signal })
  if (code === 0) return stdout.trim()
  throw new LabError('BadInput', `The git repository ${url} has no commit ${revision}.`)
}

async function isAncestor(git: string[], one: string, other: string, { signal }: SourceContext): Promise<boolean> {
  const { code } = await run('git', [...git, 'merge-base', '--is-ancestor', one, other], { signal })
  return code === 0
}

function historyFolder(url: string, context: Pick<SourceContext, 'folders'>): string {
  return join(context.folders.cache, 'git', `${sha256(url).slice(0, 16)}-history.git`)
}

function refOf(revision: string): string {
  return `refs/hyplab/${sha256(revision).slice(0, 16)}`
}
