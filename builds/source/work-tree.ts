import { lstat, readdir, readFile, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { run, runOrThrow } from '../../host/run.ts'

/** A git repository as it belongs to a folder. */
export interface Repository {
  /** Absolute paths: the index, and the folder of objects that it names. */
  index: string
  objects: string
  /** Whether the folder is the whole work tree, and not a part of one. */
  whole: boolean
}

/**
 * The repository whose work tree a folder is, or is a part of.
 * @returns undefined for a folder that none takes in, and for one that its own ignores: that is no part of it
 * @throws LabError BadInput when there is one and git refuses to read it
 */
export async function repositoryOf(folder: string, signal: AbortSignal): Promise<Repository | undefined> {
  const args = [
    'rev-parse',
    '--path-format=absolute',
    '--show-toplevel',
    '--git-path',
    'index',
    '--git-path',
    'objects',
  ]
  const { code, stdout, stderr } = await run('git', ['-C', folder, ...args], { signal })
  if (code === 127) throw new LabError('ToolMissing', 'There is no git on this machine; npm start installs it.')
  if (code !== 0) {
    if (/not a git repository/.test(stderr) && !(await isThere(join(folder, '.git')))) return undefined
    const why = stderr
      .trim()
      .replace(/^fatal: /, '')
      .split('\n')[0]
    throw new LabError('BadInput', `The git work tree ${folder} cannot be read: ${why}`)
  }
  const [top = '', index = '', objects = ''] = stdout.split('\n')
  const whole = top === (await realpath(folder))
  const ignored = !whole && (await run('git', ['-C', folder, 'check-ignore', '-q', '.'], { signal })).code === 0
  return ignored ? undefined : { index, objects, whole }
}

/**
 * The files and links that count of a folder, by their paths below it. In a git work tree these are those that
 * git tracks or would track, so that new ones count and ignored ones do not, also in the repositories inside of it:
 * submodules, and others that somebody put there. Of any other folder all count.
 * @throws LabError BadInput for a submodule that is not checked out: the tree would be built without it
 */
export async function listWorkTree(folder: string, signal: AbortSignal): Promise<string[]> {
  const files = (await repositoryOf(folder, signal))
    ? await listRepository(folder, '', signal)
    : await listAll(folder, signal)
  // Of a file in conflict git tells three.
  return [...new Set(files)]
}

async function listRepository(root: string, below: string, signal: AbortSignal): Promise<string[]> {
  const git = ['-C', join(root, below), 'ls-files', '-z']
  const tracked = (await runOrThrow('git', [...git, '--stage'], { signal })).split('\0')
  const others = (await runOrThrow('git', [...git, '--others', '--exclude-standard'], { signal })).split('\0')
  const files: string[] = []
  for (const entry of tracked.filter((text) => text !== '')) {
    const path = join(below, entry.slice(entry.indexOf('\t') + 1))
    if (entry.startsWith(gitlink)) files.push(...(await listSubmodule(root, path, signal)))
    else files.push(path)
  }
  for (const entry of others.filter((text) => text !== '')) {
    const path = join(below, entry)
    // Of a repository in it git tells the folder alone.
    if (entry.endsWith('/')) files.push(...(await listRepository(root, path, signal)))
    else files.push(path)
  }
  return files
}

/** The mode of an entry that stands for a commit of another repository (git's Documentation/gitformat-index). */
const gitlink = '160000'

async function listSubmodule(root: string, path: string, signal: AbortSignal): Promise<string[]> {
  const folder = join(root, path)
  if (await isThere(join(folder, '.git'))) return await listRepository(root, path, signal)
  const found: string[] = await readdir(folder).catch(() => [])
  if (found.length > 0) return (await listAll(folder, signal)).map((file) => join(path, file))
  throw new LabError(
    'BadInput',
    `The submodule ${path} of ${root} is not checked out, and a build would lack it: ` +
      `git -C ${root} submodule update --init --recursive, or git rm what is not needed.`,
  )
}

async function listAll(folder: string, signal: AbortSignal): Promise<string[]> {
  const args = [folder, '-name', '.git', '-prune', '-o', '(', '-type', 'f', '-o', '-type', 'l', ')', '-printf', '%P\\0']
  return (await runOrThrow('find', args, { signal })).split('\0').filter((path) => path !== '')
}

/**
 * Whether git may hold other bytes of a work tree's files than lie there: because of attributes or settings by which it
 * converts line ends, fills in ids or calls filters, or because it was told not to look at some files.
 * @param files of the work tree
 */
export async function isConverted(folder: string, files: readonly string[], signal: AbortSignal): Promise<boolean> {
  const git = ['-C', folder]
  const setting = async (...args: string[]) => (await run('git', [...git, 'config', ...args], { signal })).stdout.trim()
  const [ends, global, info] = await Promise.all([
    setting('--get', 'core.autocrlf'),
    setting('--type=path', '--get', 'core.attributesFile'),
    run('git', [...git, 'rev-parse', '--path-format=absolute', '--git-path', 'info/attributes'], { signal }),
  ])
  if (ends !== '' && ends !== 'false') return true
  const home = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
  const attributes = [
    ...files
      .filter((file) => file === '.gitattributes' || file.endsWith('/.gitattributes'))
      .map((file) => join(folder, file)),
    info.stdout.trim(),
    global === '' ? join(home, 'git', 'attributes') : global,
    '/etc/gitattributes',
  ]
  for (const file of attributes)
    if (
      /\b(text|eol|crlf|ident|filter|working-tree-encoding|binary)\b/.test(await readFile(file, 'utf8').catch(() => ''))
    )
      return true
  // Lower case: not to be looked at (--assume-unchanged). S: not to be there (--skip-worktree). M: in conflict.
  const flags = await runOrThrow('git', [...git, 'ls-files', '-z', '-v'], { signal })
  return flags.split('\0').some((entry) => entry !== '' && !entry.startsWith('H '))
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  )
}
