import { basename, join } from 'node:path'
import { runOrThrow } from '../../host/run.ts'
import { realTree } from '../builds/kernel/small-kernel.ts'
import { behindPkvm, culprit, writeSeries } from './patch-series.ts'

/** A git repository of a kernel with a branch that moves. */
export interface KernelRepository {
  /** Its folder, bare. */
  url: string
  /** Ids, the oldest first: Linux 6.18.5 on which FF-A works, and one commit for each patch of the series. */
  commits: string[]
  /** The one that breaks FF-A. */
  culprit: string
  git(...args: string[]): Promise<string>
  /** Has `main` name a commit. */
  move(commit: string): Promise<void>
}

/** The same each time, so that the same commits are built once for all runs of the tests. */
const who = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'lab'],
    [`GIT_${role}_EMAIL`, 'lab@example.org'],
    [`GIT_${role}_DATE`, '1767225600 +0000'],
  ]),
)

/** Neither is needed for what a test throws away: with them a kernel takes ten times as long to add. */
const quick = ['-c', 'core.fsync=none', '-c', 'core.looseCompression=0', '-c', 'gc.auto=0']

/** Makes the repository below a folder, with all of Linux 6.18.5; a minute, and 1.4 GB. */
export async function makeKernelRepository(folder: string): Promise<KernelRepository> {
  const url = join(folder, 'linux.git')
  const index = join(folder, 'index')
  const git = async (...args: string[]): Promise<string> =>
    (await runOrThrow('git', [...quick, '--git-dir', url, ...args], { env: { ...who, GIT_INDEX_FILE: index } })).trim()
  await runOrThrow('git', ['init', '-q', '--bare', '-b', 'main', url])
  const commits: string[] = []
  const commit = async (subject: string): Promise<void> => {
    const parent = commits.at(-1)
    const tree = await git('write-tree')
    commits.push(await git('commit-tree', tree, '-m', subject, ...(parent === undefined ? [] : ['-p', parent])))
  }
  await git('--work-tree', (await realTree()).folder, 'add', '--all', '--force', '.')
  await git('apply', '--cached', behindPkvm)
  await commit('Linux 6.18.5, with the FF-A driver behind pKVM')
  let broken = 0
  for (const patch of await writeSeries(join(folder, 'series'))) {
    await git('apply', '--cached', patch)
    await commit(basename(patch, '.patch'))
    if (basename(patch) === culprit) broken = commits.length - 1
  }
  const move = async (to: string): Promise<void> => void (await git('update-ref', 'refs/heads/main', to))
  await move(commits[0]!)
  return { url, commits, culprit: commits[broken]!, git, move }
}
