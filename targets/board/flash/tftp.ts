import { posix } from 'node:path'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { describeFile } from './describe-file.ts'
import type { Flash, Flashed, FlashFiles, LoadFile } from './flash.ts'
import { refuseFirmware } from './firmware.ts'
import { mustRun } from './on-host.ts'

/** Of one letter: U-Boot keeps 128 bytes for a path, and each is typed. */
const names = { kernel: 'k', initrd: 'i' } as const

/**
 * Serves the files of one attempt by TFTP, in a folder of its own, so that no attempt ever finds the files of another.
 * @param host where the TFTP server's folder is
 * @param attempt names the folder, so that whoever puts the attempt away finds it
 */
export function tftpFlash(way: Extract<FlashWay, { kind: 'tftp' }>, host: HostLink, attempt: string): Flash {
  const folder = `hyplab-${attempt}`
  const path = posix.join(way.folder, folder)
  const clear = async (signal: AbortSignal): Promise<void> => {
    await mustRun(host, ['rm', '-rf', '--', path], `remove ${path}`, signal)
  }
  const put = async (name: 'kernel' | 'initrd', from: string, signal: AbortSignal): Promise<LoadFile> => {
    const proof = await describeFile(from, signal)
    const to = posix.join(path, names[name])
    await host.put(from, to, signal)
    // The server runs as a user of its own, and refuses with code 0 and no reason what that user cannot read.
    await mustRun(host, ['chmod', '0644', to], `let the TFTP server read ${to}`, signal)
    return { name, command: `tftpboot {address} ${folder}/${names[name]}`, ...proof }
  }
  return {
    board: 'off',
    readsBack: false,
    async flash(files: FlashFiles, signal: AbortSignal): Promise<Flashed> {
      refuseFirmware(files, 'TFTP brings kernel and initrd only')
      try {
        await mustRun(host, ['mkdir', '-p', '-m', '0755', '--', path], `make ${path}`, signal)
        const kernel = await put('kernel', files.image, signal)
        const initrd = await put('initrd', files.initrd, signal)
        // `dhcp` would load the file that the DHCP server names, and takes that server for the TFTP server.
        const prepare = ['setenv autoload no', ...way.network, `setenv serverip ${way.server}`]
        return {
          files: [kernel, initrd].map(({ name, sha256 }) => ({ name, sha256, written: true })),
          remarks: [],
          offer: { prepare, kernel, initrd },
        }
      } catch (error) {
        await clear(AbortSignal.timeout(clearing)).catch(() => undefined)
        throw error
      }
    },
    clear: () => clear(AbortSignal.timeout(clearing)),
  }
}

/** How long the host may take to remove a few files, milliseconds; it is asked after a cancel, too. */
const clearing = 30_000
