import { existsSync } from 'node:fs'
import { copyFile, mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { type SourceContext } from './source.ts'
import { isConverted, listWorkTree, repositoryOf } from './work-tree.ts'

/** Beside the objects of a snapshot's repository: its time is when the snapshot was used last. */
export const snapshotNote = 'snapshot.json'

/** So often a tree that is written into is read again. */
const tries = 5

/**
 * Puts what counts of a folder into a repository of our own, as it is at one moment: what is saved while it is read makes
 * it be read again. Files that the user's git knows to be as in its index are not read at all, and what it has committed
 * is not copied: our repository has its objects as alternates. Nothing of the user's is written.
 * @param repository where; its index makes the next snapshot quick
 * @returns git's tree id of the content
 * @throws LabError BadInput: a submodule that is not checked out, a file that cannot be read, a tree that does not come to
 *   rest; DiskFull; the signal's reason
 */
export async function takeSnapshot(folder: string, repository: string, context: SourceContext): Promise<string> {
  await openRepository(repository)
  let busy = ''
  let failures = 0
  for (let round = 1; round <= tries; round++) {
    const files = await listWorkTree(folder, context.signal)
    context.progress({ phase: 'snapshot', done: 0 })
    try {
      // An index that could not be used once is not tried again.
      if (!existsSync(join(repository, 'index'))) await begin(folder, repository, files, failures === 0, context)
      await update(folder, repository, files, context)
      context.progress({ phase: 'snapshot', done: round })
      const tree = await runOrThrow('git', [...ours(folder, repository), 'write-tree'], { signal: context.signal })
      const moved = await movedSince(folder, repository, files, context)
      if (moved === undefined) {
        await writeFile(join(repository, snapshotNote), `${JSON.stringify({ folder, tree: tree.trim() })}\n`)
        return tree.trim()
      }
      busy = moved
    } catch (error) {
      // Killed or failed half-way: the next snapshot starts from nothing rather than from half an index.
      await forget(repository)
      context.signal.throwIfAborted()
      if (error instanceof LabError && error.code !== 'BadInput') throw error
      failures++
      // A file may have gone between its listing and its reading; that one which cannot be read goes on is not likely.
      if (failures === 3) throw error
    }
  }
  throw new LabError(
    'BadInput',
    `The tree ${folder} does not come to rest: ${busy} was written each of the ${tries} times that it was read. ` +
      'Stop what writes there, or have git ignore it, and run again.',
  )
}

async function openRepository(repository: string): Promise<void> {
  await mkdir(repository, { recursive: true })
  if (!existsSync(join(repository, 'HEAD'))) {
    await runOrThrow('git', ['init', '-q', '--bare', '--object-format=sha1', repository])
    // Bytes as they are: no end-of-line conversion.
    await runOrThrow('git', ['--git-dir', repository, 'config', 'core.autocrlf', 'false'])
    await runOrThrow('git', ['--git-dir', repository, 'config', 'core.compression', '1'])
  }
  await mkdir(join(repository, 'info'), { recursive: true })
  await writeFile(join(repository, 'info', 'attributes'), '* -text -filter -ident -working-tree-encoding\n')
}

function ours(folder: string, repository: string): string[] {
  return ['--git-dir', repository, '--work-tree', folder]
}

async function forget(repository: string): Promise<void> {
  for (const name of ['index', 'index.lock']) await rm(join(repository, name), { force: true })
}

/**
 * Begins with what the user's git knows of the folder: its objects, and its index where what that says of a file is what
 * lies there.
 */
async function begin(
  folder: string,
  repository: string,
  files: readonly string[],
  useIndex: boolean,
  { signal }: SourceContext,
): Promise<void> {
  const alternates = join(repository, 'objects', 'info', 'alternates')
  await rm(alternates, { force: true })
  const theirs = useIndex ? await repositoryOf(folder, signal) : undefined
  if (!theirs) return
  const format = await run('git', ['-C', folder, 'rev-parse', '--show-object-format'], { signal })
  if (format.stdout.trim() !== 'sha1') return
  await writeFile(alternates, `${theirs.objects}\n`)
  if (!theirs.whole || (await isConverted(folder, files, signal))) return
  const found = await stat(theirs.index).catch(() => undefined)
  if (!found) return
  const index = join(repository, 'index')
  await copyFile(theirs.index, index)
  // By its time git knows which files may have changed in the moment in which it was written.
  await utimes(index, found.atime, found.mtime)
}

/** Makes the index say of exactly these files what they are. */
async function update(
  folder: string,
  repository: string,
  files: readonly string[],
  { signal }: SourceContext,
): Promise<void> {
  const git = ours(folder, repository)
  const wanted = new Set(files)
  const listed = existsSync(join(repository, 'index'))
    ? await runOrThrow('git', [...git, 'ls-files', '-z', '--stage'], { signal })
    : ''
  const gone = listed.split('\0').flatMap((entry) => {
    const path = entry.slice(entry.indexOf('\t') + 1)
    return path !== '' && !wanted.has(path) ? [path] : []
  })
  const list = join(repository, 'list')
  const feed = async (paths: readonly string[], ...options: string[]) => {
    if (paths.length === 0) return
    await writeFile(list, paths.map((path) => `${path}\0`).join(''))
    const words = ['git', ...git, 'update-index', ...options, '-z', '--stdin']
    // Paths are taken from where git stands.
    await runOrThrow('sh', ['-c', 'list="$1"; shift; exec "$@" < "$list"', 'sh', list, ...words], {
      cwd: folder,
      signal,
    })
  }
  await feed(gone, '--force-remove')
  await feed(files, '--add', '--remove', '--replace')
}

/** @returns a file that is no longer what was read, or was not there; undefined when all is as it was */
async function movedSince(
  folder: string,
  repository: string,
  files: readonly string[],
  { signal }: SourceContext,
): Promise<string | undefined> {
  const differ = await runOrThrow('git', [...ours(folder, repository), 'diff-files', '--name-only', '-z'], {
    cwd: folder,
    signal,
  })
  const [changed] = differ.split('\0')
  if (changed !== '') return changed
  const before = new Set(files)
  const now = await listWorkTree(folder, signal)
  const after = new Set(now)
  return now.find((path) => !before.has(path)) ?? files.find((path) => !after.has(path))
}
