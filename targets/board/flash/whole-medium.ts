import { LabError } from '../../../domain/errors.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { FileProof } from './describe-file.ts'
import { FatFiles } from './fat-files.ts'
import { mustRun } from './on-host.ts'
import { sumsOf, syncPieces } from './pieces.ts'
import { syncFirmware } from './raw-firmware.ts'
import type { Written } from './written.ts'

/** A file for a medium: where it is here, and what it is called there. */
export interface MediumFile {
  name: string
  from: string
  proof: FileProof
}

/** What a whole medium is made of. */
export interface MediumParts {
  /** The medium as it was set up, a file of the host. */
  base: string
  /** The FAT partition that the files go to; 0 where the whole medium is one. */
  partition: number
  files: MediumFile[]
  firmware?: { from: string; at: number }
}

/** A medium as it should be, as a file of the host. */
export interface MediumImage {
  path: string
  /** Bytes. */
  size: number
  sha256: string
  /** Where the file system begins, bytes: before it lie the table and perhaps firmware. */
  start: number
}

/**
 * Makes a medium as it should be, as a file of the host: the one that was set up, with an attempt's files in it. The same
 * parts make the same bytes, so that nothing is written for a medium that has them.
 * @param folder a folder of the host, which the caller removes
 * @throws LabError PlaceBroken when the base cannot be read or has no room for the files
 */
export async function makeMedium(
  host: HostLink,
  { base, partition, files, firmware }: MediumParts,
  folder: string,
  signal: AbortSignal,
): Promise<MediumImage> {
  const path = `${folder}/medium`
  await mustRun(host, ['cp', '--reflink=auto', '--', base, path], `copy ${base}`, signal)
  const fat = await FatFiles.find(host, path, partition, signal)
  for (const [n, { name, from, proof }] of files.entries()) {
    const there = `${folder}/${n}`
    await host.put(from, there, signal)
    await fat.write(there, name, proof.sha256, signal)
  }
  if (firmware) await syncFirmware(host, path, firmware.at, firmware.from, `${folder}/firmware`, signal)
  const size = Number(await mustRun(host, ['stat', '-c', '%s', '--', path], `see how large ${base} is`, signal))
  const [sha256 = ''] = await sumsOf(host, { path, from: 0, size }, Math.max(size, 1), signal)
  return { path, size, sha256, start: fat.start }
}

/**
 * Makes a medium what it should be, all of it: whatever a kernel left there, the table and the boot loader as well as files
 * that nobody flashed, is as the base has it again.
 * @returns what was written, with a remark where something was changed that no attempt writes
 * @throws LabError PlaceBroken when it cannot be written or is read back as something else
 */
export async function syncMedium(
  host: HostLink,
  parts: MediumParts,
  device: string,
  folder: string,
  signal: AbortSignal,
): Promise<Written> {
  const image = await makeMedium(host, parts, folder, signal)
  return await putMedium(host, { image, base: parts.base, firmware: parts.firmware !== undefined }, device, signal)
}

/** A medium as it should be, and what it was made from. */
export interface WholeMedium {
  image: MediumImage
  base: string
  /** Whether it has an attempt's firmware in it, too. */
  firmware: boolean
}

/**
 * Makes a medium what an image is, all of it.
 * @returns and throws as `syncMedium`
 */
export async function putMedium(
  host: HostLink,
  { image, base, firmware }: WholeMedium,
  device: string,
  signal: AbortSignal,
): Promise<Written> {
  if (image.size === 0) throw new LabError('PlaceBroken', `${base} on host ${host.name} is empty: it is no medium.`)
  const changed = !firmware && !(await sameStart(host, image, device, signal))
  const written = await syncPieces(host, image.path, image.size, device, signal)
  const remark = `Before its file system the medium ${device} was not as ${base} has it: the table or the boot loader had been changed, and was written back.`
  const whole = { name: 'medium', sha256: image.sha256, written: written.length > 0 }
  return { files: [whole], remarks: changed ? [remark] : [] }
}

/** Whether what no attempt writes, all that lies before the file system, is what it should be. */
async function sameStart(
  host: HostLink,
  { path, start }: MediumImage,
  device: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (start === 0) return true
  const sum = (one: string) => sumsOf(host, { path: one, from: 0, size: start }, start, signal)
  return (await sum(path))[0] === (await sum(device))[0]
}
