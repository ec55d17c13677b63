import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { LabError } from '../domain/errors.ts'

/** Where hyplab keeps things on this host. Two users, or two state folders, never share anything but the cache. */
export interface Folders {
  /** Results, artifacts, the Temporal server's database, the service's own files. */
  state: string
  /** Downloads, unpacked sources, kernel O= folders: can be deleted at any time and costs only time. */
  cache: string
}

/**
 * HYPLAB_STATE and HYPLAB_CACHE, else the XDG folders, else their defaults below the home folder. Both are absolute and
 * free of symbolic links, however they were written, so that one folder has one name for all who use it.
 * @throws LabError BadInput when a path cannot be followed.
 */
export function foldersFrom(env: NodeJS.ProcessEnv = process.env): Folders {
  return {
    state: canonical(
      env['HYPLAB_STATE'] || join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'hyplab'),
    ),
    cache: canonical(env['HYPLAB_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hyplab')),
  }
}

/** The one name of a path whose last parts need not exist yet. */
export function canonical(path: string): string {
  const absolute = resolve(path)
  try {
    return realpathSync.native(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' || dirname(absolute) === absolute)
      throw new LabError(
        'BadInput',
        `The folder ${path} cannot be used (${code}): set HYPLAB_STATE and HYPLAB_CACHE to folders that can be entered.`,
        { cause: error },
      )
    const link = lstatSync(absolute, { throwIfNoEntry: false })
    // A link to what is not there yet: the folder is made where it points to.
    if (link?.isSymbolicLink()) return canonical(resolve(dirname(absolute), readlinkSync(absolute)))
    return join(canonical(dirname(absolute)), basename(absolute))
  }
}

/**
 * Makes the state folder where it is missing, and sees that it is ours alone: what lies in it commands the lab, and others
 * can enter nothing below a folder that they cannot enter.
 * @returns a sentence for the user when it was open to others until now.
 * @throws LabError StoreBroken when it belongs to another user; the system's error when it cannot be made.
 */
export function makeStateFolder(folder: string): string | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = statSync(folder)
  if (uid !== process.getuid?.())
    throw new LabError(
      'StoreBroken',
      `The state folder ${folder} belongs to another user (uid ${uid}), who could command this lab: chown it, or set HYPLAB_STATE to another one.`,
    )
  if ((mode & 0o077) === 0) return undefined
  chmodSync(folder, 0o700)
  for (const below of [folder, join(folder, 'logs')]) closeFiles(below)
  return `The state folder ${folder} was open to other users (mode ${(mode & 0o777).toString(8)}); now it is yours alone (700).`
}

function closeFiles(folder: string): void {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile()) chmodSync(join(folder, entry.name), 0o600)
}
