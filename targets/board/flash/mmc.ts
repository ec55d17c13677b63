import { posix } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { describeFile } from './describe-file.ts'
import { refuseFirmware } from './firmware.ts'
import { clearedOnFailure } from './cleared-on-failure.ts'
import type { Flash, Flashed, FlashFiles, LoadFile, MediumOffer } from './flash.ts'
import { mustRun } from './on-host.ts'
import type { OwnFolder } from './own-folder.ts'
import { crcsOf, pieceSize, sumsOf } from './pieces.ts'
import { makeMedium, type MediumFile } from './whole-medium.ts'

type MmcWay = Extract<FlashWay, { kind: 'mmc' }>

/** What SD cards and eMMC read and write as one, and U-Boot counts by. */
const block = 512
/** The offer passes through the history of a workflow: 1,024 pieces are 80 kB there. */
const mostPieces = 1024
/** How long the host may take to remove files, milliseconds; it is asked after a cancel, too. */
const clearing = 30_000

/**
 * Has a board's U-Boot write the board's own SD card or eMMC: the medium is made as a file of the host and served by TFTP in
 * pieces, of which U-Boot loads and writes those that differ from what it reads. Nothing is written here.
 * @param host where the base is, and the TFTP server's folder
 * @param attempt names the folder that is served, so that whoever puts the attempt away finds it
 * @param own another folder of the attempt's, in which the medium is made
 */
export function mmcFlash(way: MmcWay, host: HostLink, attempt: string, own: OwnFolder): Flash {
  const folder = `hyplab-${attempt}`
  const path = posix.join(way.folder, folder)
  const clear = async (): Promise<void> => {
    await mustRun(host, ['rm', '-rf', '--', path], `remove ${path}`, AbortSignal.timeout(clearing))
    // A worker that died while it made a medium left that, too.
    await own.remove()
  }
  const flash = async (files: FlashFiles, signal: AbortSignal): Promise<Flashed> => {
    if (way.firmwareAt === undefined)
      refuseFirmware(files, 'the lab file does not say where on its medium firmware lies')
    await mustRun(host, ['mkdir', '-p', '-m', '0755', '--', path], `make ${path}`, signal)
    const wanted = await mediumFiles(files, signal)
    const { medium, sha256 } = await servePieces(way, host, { own, folder, path, wanted, files }, signal)
    const [kernel, initrd] = wanted.map(({ name, proof }, n): LoadFile => {
      const command = `load mmc ${way.device}:${way.partition} {address} ${name}`
      return { name: n === 0 ? 'kernel' : 'initrd', command, ...proof }
    })
    // `dhcp` would load the file that the DHCP server names, and takes that server for the TFTP server.
    const prepare = ['setenv autoload no', ...way.network, `setenv serverip ${way.server}`]
    const offer = { prepare, medium, kernel: kernel!, initrd: initrd! }
    return { files: [{ name: 'medium', sha256, written: true }], remarks: [], offer }
  }
  return {
    board: 'off',
    readsBack: false,
    flash: clearedOnFailure(flash, clear),
    clear,
  }
}

async function mediumFiles({ image, initrd }: FlashFiles, signal: AbortSignal): Promise<MediumFile[]> {
  const files = [
    { name: 'Image', from: image },
    { name: 'initrd.img', from: initrd },
  ]
  return Promise.all(files.map(async (file) => ({ ...file, proof: await describeFile(file.from, signal) })))
}

interface Serving {
  own: OwnFolder
  folder: string
  path: string
  wanted: MediumFile[]
  files: FlashFiles
}

async function servePieces(
  { base, device, partition, firmwareAt }: MmcWay,
  host: HostLink,
  { own, folder, path, wanted, files: { firmware: from } }: Serving,
  signal: AbortSignal,
): Promise<{ medium: MediumOffer; sha256: string }> {
  try {
    const temp = await own.make(signal)
    const firmware = from !== undefined && firmwareAt !== undefined ? { from, at: firmwareAt } : undefined
    const parts = { base, partition, files: wanted, ...(firmware && { firmware }) }
    const { path: image, size, sha256 } = await makeMedium(host, parts, temp, signal)
    if (size % block !== 0 || size / pieceSize > mostPieces) throw noMedium(base, size)
    // The server runs as a user of its own, and refuses with code 0 and no reason what that user cannot read.
    const script = 'split -b "$1" -d -a 4 -- "$2" "$3/p" && chmod 0644 -- "$3"/p*'
    await mustRun(host, ['sh', '-c', script, 'sh', String(pieceSize), image, path], `fill ${path}`, signal)
    const whole = { path: image, from: 0, size }
    const sums = { sha256: await sumsOf(host, whole, pieceSize, signal), crc32: await crcsOf(host, whole, signal) }
    const medium = { device, load: `tftpboot {address} ${folder}/p{number}`, pieceSize, size, ...sums }
    return { medium, sha256 }
  } finally {
    await own.remove().catch(() => undefined)
  }
}

function noMedium(base: string, size: number): LabError {
  const most = `${(mostPieces * pieceSize) >> 30} GiB`
  const sentence = `${base} has ${size} bytes, and cannot be a board's medium: it must be whole blocks of ${block} bytes, ${most} at most; cut it behind the last partition that is needed.`
  return new LabError('PlaceBroken', sentence)
}
