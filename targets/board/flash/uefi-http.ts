import { open } from 'node:fs/promises'
import { posix } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { describeFile } from './describe-file.ts'
import { FatFiles } from './fat-files.ts'
import { refuseFirmware } from './firmware.ts'
import { clearedOnFailure } from './cleared-on-failure.ts'
import type { Flash, Flashed, FlashFiles } from './flash.ts'
import { mustRun } from './on-host.ts'

/** UEFI 2.10, 3.5.1.1: what is booted from a medium that says nothing else; an arm64 Image is an EFI application. */
const kernelPath = 'EFI/BOOT/BOOTAA64.EFI'
/** The kernel's EFI stub loads it from the medium that it came from, as its command line says. */
const initrdPath = 'initrd.img'
const sector = 512
const megabyte = 1 << 20
/** How long the host may take to remove files, milliseconds; it is asked after a cancel, too. */
const clearing = 30_000

/**
 * Serves kernel and initrd by a web server of a host, as the image of a FAT medium that UEFI firmware makes a RAM disk of
 * (UEFI 2.10, 24.7: HTTP Boot); each attempt has a folder of its own. The file is called .img, by which firmware knows what it is.
 * @param host where the web server's folder is
 * @param attempt names the folder, so that whoever puts the attempt away finds it
 */
export function uefiHttpFlash(way: Extract<FlashWay, { kind: 'uefi-http' }>, host: HostLink, attempt: string): Flash {
  const folder = `hyplab-${attempt}`
  const path = posix.join(way.folder, folder)
  const clear = async (): Promise<void> => {
    await mustRun(host, ['rm', '-rf', '--', path], `remove ${path}`, AbortSignal.timeout(clearing))
  }
  const flash = async (files: FlashFiles, signal: AbortSignal): Promise<Flashed> => {
    refuseFirmware(files, 'UEFI HTTP boot brings kernel and initrd only')
    await refuseNoApplication(files.image)
    await mustRun(host, ['mkdir', '-p', '-m', '0755', '--', path], `make ${path}`, signal)
    const image = posix.join(path, 'boot.img')
    const written = await makeImage(host, image, files, path, signal)
    await mustRun(host, ['chmod', '0644', image], `let the web server read ${image}`, signal)
    const remarks = [
      'Nothing was read back: UEFI firmware has no command for that. TCP and the file system are all that guard the files.',
    ]
    return {
      files: written,
      remarks,
      uefi: { uri: `${way.url.replace(/\/+$/, '')}/${folder}/boot.img`, initrd: `initrd=\\${initrdPath}` },
    }
  }
  return {
    board: 'off',
    readsBack: false,
    flash: clearedOnFailure(flash, clear),
    clear,
  }
}

/** A kernel with an EFI stub begins as an EFI application does; of any other firmware only says that it found nothing. */
async function refuseNoApplication(image: string): Promise<void> {
  const file = await open(image)
  const start = Buffer.alloc(2)
  try {
    await file.read(start, 0, 2, 0)
  } finally {
    await file.close()
  }
  if (start.toString('latin1') === 'MZ') return
  const sentence = `${image} is no EFI application, which UEFI firmware wants: build the kernel with CONFIG_EFI=y.`
  throw new LabError('BadInput', sentence)
}

async function makeImage(
  host: HostLink,
  image: string,
  files: FlashFiles,
  folder: string,
  signal: AbortSignal,
): Promise<Flashed['files']> {
  const wanted = [
    { name: kernelPath, from: files.image, proof: await describeFile(files.image, signal) },
    { name: initrdPath, from: files.initrd, proof: await describeFile(files.initrd, signal) },
  ]
  const content = wanted.reduce((sum, { proof }) => sum + proof.size, 0)
  // Tables and folders take less than a fiftieth and two megabytes.
  const size = Math.ceil((content * 1.02) / megabyte + 2) * megabyte
  await mustRun(host, ['truncate', '-s', String(size), '--', image], `make ${image}`, signal)
  await mustRun(host, ['mformat', '-i', image, '-T', String(size / sector), '::'], `format ${image}`, signal)
  const fat = await FatFiles.find(host, image, 0, signal)
  const part = posix.join(folder, 'part')
  for (const { name, from, proof } of wanted) {
    await host.put(from, part, signal)
    await fat.write(part, name, proof.sha256, signal)
  }
  await mustRun(host, ['rm', '-f', '--', part], `remove ${part}`, signal)
  return wanted.map(({ name, proof }) => ({ name, sha256: proof.sha256, written: true }))
}
