import { existsSync } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeLocation } from '../../domain/describe-location.ts'
import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { sha256 } from '../../host/sha256.ts'
import { checkout } from './git.ts'
import { type SourceContext, type SourceProvider } from './source.ts'

/**
 * A folder that somebody works in. Its content is taken as it is now: in a git work tree, what git tracks or would track
 * (so uncommitted and new files count, ignored ones do not); in any other folder, every file. The identity is git's
 * tree id of exactly that content, and the build uses a snapshot of it, so that edits during a build change nothing.
 */
export const localTree: SourceProvider<Extract<SourceLocation, { kind: 'tree' }>> = {
  // Reading the whole tree is what it takes to know it; that happens in `fetch`.
  known: () => Promise.resolve(undefined),
  async fetch(location, context) {
    const found = await stat(location.path).catch(() => undefined)
    if (!found?.isDirectory()) throw new LabError('SourceMissing', `There is no source tree in ${location.path}.`)
    const repository = join(context.folders.cache, 'git', `tree-${sha256(location.path).slice(0, 16)}.git`)
    const tree = await withLock(`${repository}.lock`, { signal: context.signal }, () =>
      snapshot(location.path, repository, context),
    )
    return {
      source: `tree:${tree}`,
      from: describeLocation(location),
      async unpack(folder) {
        await checkout(repository, tree, folder, context)
        // A tree under somebody's hands has no date of its own; one that stays the same gives equal bytes.
        return 0
      },
    }
  },
}

/** Puts the folder's content into a repository of our own and returns its tree id. The index there makes it quick. */
async function snapshot(path: string, repository: string, context: SourceContext): Promise<string> {
  context.progress({ phase: 'snapshot', done: 0 })
  const options = { signal: context.signal }
  await mkdir(repository, { recursive: true })
  if (!existsSync(join(repository, 'HEAD'))) {
    await runOrThrow('git', ['init', '-q', '--bare', repository])
    // Bytes as they are: no end-of-line conversion.
    await runOrThrow('git', ['--git-dir', repository, 'config', 'core.autocrlf', 'false'])
    await runOrThrow('git', ['--git-dir', repository, 'config', 'core.compression', '1'])
  }
  await writeFile(join(repository, 'info', 'attributes'), '* -text -filter -ident -working-tree-encoding\n')
  const listing = join(repository, 'listing')
  const ours = ['--git-dir', repository, '--work-tree', path]
  const insideGit = (await run('git', ['-C', path, 'rev-parse', '--git-dir'], options)).code === 0
  const theirs = insideGit
    ? 'git -C "$1" ls-files -z --cached --others --exclude-standard'
    : 'cd "$1" && find . -name .git -prune -o \\( -type f -o -type l \\) -printf "%P\\0"'
  // What was in the last snapshot is listed too, so that what is gone since then is taken out.
  const script = `set -e; rm -f "$2.new"; { ${theirs}; } | LC_ALL=C sort -zu > "$2.new"
if [ -e "$2" ]; then LC_ALL=C comm -z -23 "$2" "$2.new" | git --git-dir "$3" --work-tree "$1" update-index --force-remove -z --stdin; fi
cd "$1" && git --git-dir "$3" --work-tree "$1" update-index --add --remove -z --stdin < "$2.new"
mv "$2.new" "$2"`
  try {
    await runOrThrow('sh', ['-c', script, 'sh', path, listing, repository], options)
    return (await runOrThrow('git', [...ours, 'write-tree'], options)).trim()
  } catch (error) {
    // Killed or failed half-way: the next snapshot starts from nothing rather than from half an index.
    await rm(join(repository, 'index'), { force: true })
    await rm(join(repository, 'index.lock'), { force: true })
    await rm(listing, { force: true })
    throw error
  }
}
