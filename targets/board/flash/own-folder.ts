import type { HostLink } from '../../hosts/host-link.ts'
import { mustRun } from './on-host.ts'

/**
 * A folder of one attempt on one place, among the temporary files of a host. Flashing, booting and putting away are steps that
 * may run in different processes: each finds it by its name, and so does who cleans up after one that died.
 */
export interface OwnFolder {
  /** Makes it anew, empty and for its user only; returns its path. @throws LabError PlaceBroken */
  make: (signal: AbortSignal) => Promise<string>
  /** Its path, whether or not it is there. @throws LabError PlaceBroken */
  find: (signal: AbortSignal) => Promise<string>
  /** Removes it with all that is in it; nothing happens when it is not there. @throws LabError PlaceBroken */
  remove: () => Promise<void>
}

/** With the user's number: the folder for temporary files is everybody's. What another made there by this name is not entered. */
const path = '"${TMPDIR:-/tmp}/hyplab-flash-$(id -u)-$1"'
/** How long the host may take to remove files, milliseconds; it is asked after a cancel, too. */
const clearing = 60_000

/** @param name tells the attempt and its place from all others, in letters that file names may have */
export function ownFolder(host: HostLink, name: string): OwnFolder {
  const sh = (script: string, what: string, signal: AbortSignal): Promise<string> =>
    mustRun(host, ['sh', '-c', script, 'sh', name], what, signal)
  return {
    make: async (signal) =>
      await sh(`rm -rf -- ${path} && mkdir -m 0700 -- ${path} && printf %s ${path}`, 'make a folder', signal),
    find: async (signal) => await sh(`printf %s ${path}`, 'say where its temporary files are', signal),
    remove: async () =>
      void (await sh(`rm -rf -- ${path}`, `remove the files of ${name}`, AbortSignal.timeout(clearing))),
  }
}
