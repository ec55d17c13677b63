import type { NewestLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { compareTags, newestOf } from '../../domain/newest-version.ts'
import { run } from '../../host/run.ts'
import type { SourceContext } from './source.ts'

/** Asks for nothing: who has no key for a repository is refused. Gives up on a server that is silent for a minute. */
export const gitEnvironment = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_HTTP_LOW_SPEED_LIMIT: '1',
  GIT_HTTP_LOW_SPEED_TIME: '60',
}

/**
 * The commit that a ref of a repository names at this moment, as `git fetch` would take it: a tag goes before a branch.
 * Nothing is fetched.
 * @throws LabError SourceMissing, retryable when the repository cannot be reached
 */
export async function remoteCommit(url: string, ref: string, context: SourceContext): Promise<string> {
  const refs = await listRefs(url, [ref, `${ref}^{}`], context)
  const names = [ref, `refs/tags/${ref}`, `refs/heads/${ref}`, `refs/${ref}`]
  for (const name of names) {
    // What an annotated tag names is on a line of its own.
    const commit = refs.get(`${name}^{}`) ?? refs.get(name)
    if (commit !== undefined) return commit
  }
  throw new LabError('SourceMissing', `The git repository ${url} has no ref ${ref}.`)
}

/**
 * The newest tag of a repository that fits a pattern, and its commit.
 * @throws LabError SourceMissing, retryable when the repository cannot be reached
 */
export async function newestTag(
  { name: url, pattern }: Pick<NewestLocation, 'name' | 'pattern'>,
  context: SourceContext,
): Promise<{ tag: string; commit: string }> {
  const refs = await listRefs(url, ['--tags'], context)
  const tags = [...refs.keys()].flatMap((name) => /^refs\/tags\/([^^]+)$/.exec(name)?.[1] ?? [])
  const tag = newestOf(tags, pattern, compareTags)
  if (tag === undefined)
    throw new LabError('SourceMissing', `No tag of the git repository ${url} fits ${pattern}; it has ${tags.length}.`)
  return { tag, commit: (refs.get(`refs/tags/${tag}^{}`) ?? refs.get(`refs/tags/${tag}`))! }
}

/** The refs of a repository with the ids of what they name. @param which patterns of git-ls-remote(1), or `--tags` */
async function listRefs(url: string, which: string[], context: SourceContext): Promise<Map<string, string>> {
  const [options, patterns] = [which.filter((one) => one === '--tags'), which.filter((one) => one !== '--tags')]
  const args = ['ls-remote', '--quiet', ...options, '--end-of-options', url, ...patterns]
  const { code, stdout, stderr } = await run('git', args, { signal: context.signal, env: gitEnvironment })
  if (code !== 0) {
    const why = stderr
      .trim()
      .replaceAll(/^fatal: /gm, '')
      .split('\n')
      .slice(0, 2)
      .join(' | ')
    throw new LabError('SourceMissing', `The refs of ${url} cannot be listed: ${why}`, { retryable: true })
  }
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [commit, name] = line.split('\t')
      return commit && name ? [[name, commit] as const] : []
    }),
  )
}
