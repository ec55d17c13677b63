import type { HostLink } from '../../hosts/host-link.ts'
import { mustRun } from './on-host.ts'

/** How long the host may take to remove files, milliseconds; it is asked after a cancel, too. */
const clearing = 30_000

/** Among the temporary files of a host, for its user alone: others may have an attempt of that name there. */
const pathScript = 'printf %s "${TMPDIR:-/tmp}/hyplab-$(id -u)-$1"'

/**
 * A folder of one attempt among the temporary files of a host. Its name comes from the attempt's alone: the step that puts the
 * attempt away knows no other.
 * @param attempt names it
 */
export function tempFolderOf(host: HostLink, attempt: string) {
  const path = (signal: AbortSignal): Promise<string> =>
    mustRun(host, ['sh', '-c', pathScript, 'sh', attempt], 'name a folder', signal)
  return {
    /** @returns where it is, or would be */
    path,
    /** Makes it anew, empty and for nobody else. @returns where it is @throws LabError PlaceBroken when it cannot be made */
    async make(signal: AbortSignal): Promise<string> {
      const folder = await path(signal)
      const script = 'rm -rf -- "$1" && mkdir -m 0700 -- "$1"'
      await mustRun(host, ['sh', '-c', script, 'sh', folder], `make ${folder}`, signal)
      return folder
    },
    /** Removes it, if it is there. @throws LabError PlaceBroken when it stays */
    async remove(): Promise<void> {
      const signal = AbortSignal.timeout(clearing)
      const folder = await path(signal)
      await mustRun(host, ['rm', '-rf', '--', folder], `remove ${folder}`, signal)
    },
  }
}
