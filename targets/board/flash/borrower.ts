import { LabError } from '../../../domain/errors.ts'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { inSeconds } from '../../stop-sentence.ts'
import { awaitPath } from './await-path.ts'
import type { Borrower, Flashed } from './flash.ts'
import { awaitMedium } from './medium.ts'
import { mustRun, runOn } from './on-host.ts'

/** Bytes of a block, as media have them: SD cards and eMMC have the first. */
const blockSizes = [512, 4096]

/**
 * Takes a medium that a board lends by USB.
 * @param write makes it what it should be
 */
export function borrower(
  { medium, device, within }: Pick<Extract<FlashWay, { kind: 'ums' }>, 'medium' | 'device' | 'within'>,
  host: HostLink,
  write: (signal: AbortSignal) => Promise<Pick<Flashed, 'files' | 'remarks'>>,
): Borrower {
  return {
    async ready(signal) {
      const { code } = await runOn(host, ['test', '-e', device], signal)
      if (code !== 0) return
      const sentence = `Something is at ${device} on host ${host.name} before the board lends its medium: another board's, or one of the host's own. Name the link of this board's alone.`
      throw new LabError('PlaceBroken', sentence)
    },
    async write(blocks, signal) {
      const limit = AbortSignal.timeout(within * 1000)
      try {
        await awaitPath(host, device, AbortSignal.any([signal, limit]))
      } catch (error) {
        signal.throwIfAborted()
        if (!limit.aborted) throw error
        const sentence = `The board lends its medium, and nothing came to ${device} on host ${host.name} within ${inSeconds(within)}: look at the USB cable between them, and what the host calls the medium.`
        throw new LabError('PlaceBroken', sentence, { retryable: true, cause: error })
      }
      await awaitMedium(host, device, signal, 'the board lent it')
      const sizes = blockSizes.slice(0, medium.startsWith('mmc') ? 1 : 2).map((block) => block * blocks)
      await refuseAnother(host, device, sizes, signal)
      await refuseMounted(host, device, signal)
      return await write(signal)
    },
  }
}

/** The board itself says how large its medium is: one that is not is another's. */
async function refuseAnother(host: HostLink, device: string, sizes: number[], signal: AbortSignal): Promise<void> {
  const script = 'if [ -b "$1" ]; then blockdev --getsize64 "$1"; else stat -L -c %s -- "$1"; fi'
  const size = Number(await mustRun(host, ['sh', '-c', script, 'sh', device], `see how large ${device} is`, signal))
  if (sizes.includes(size)) return
  const sentence = `What came to ${device} on host ${host.name} has ${size} bytes, and the board lends a medium of ${sizes.join(' or ')}: it is another one, and nothing was written.`
  throw new LabError('PlaceBroken', sentence)
}

/** A desktop mounts what comes, and would write over what is written: each is right by itself, and the medium is none. */
async function refuseMounted(host: HostLink, device: string, signal: AbortSignal): Promise<void> {
  const { code, stdout } = await runOn(host, ['lsblk', '-n', '-r', '-o', 'MOUNTPOINT', '--', device], signal)
  const folder = stdout.split('\n').find((line) => line !== '')
  // What is no block device has no mounts.
  if (code !== 0 || folder === undefined) return
  const sentence = `Host ${host.name} has mounted the medium ${device} at ${folder}: nothing was written. Have it mount nothing by itself (an fstab line with noauto, a udev rule with UDISKS_IGNORE).`
  throw new LabError('PlaceBroken', sentence)
}
