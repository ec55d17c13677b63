import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where hyplab keeps things on this host. Two users, or two state folders, never share anything but the cache. */
export interface Folders {
  /** Results, artifacts, the Temporal server's database, the service's own file. */
  state: string
  /** Downloads, unpacked sources, kernel O= folders: can be deleted at any time and costs only time. */
  cache: string
}

/** HYPLAB_STATE and HYPLAB_CACHE, else the XDG folders, else their defaults below the home folder. */
export function foldersFrom(env: NodeJS.ProcessEnv = process.env): Folders {
  return {
    state: env['HYPLAB_STATE'] || join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'hyplab'),
    cache: env['HYPLAB_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'hyplab'),
  }
}
