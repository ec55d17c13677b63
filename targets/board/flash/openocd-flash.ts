import { posix } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { Openocd } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { FileProof } from './describe-file.ts'
import type { Flashed } from './flash.ts'
import { mustRun } from './on-host.ts'
import { syncImages, type FlashImage } from './openocd-images.ts'

/** The power of the board whose flash is written. */
export interface JtagPower {
  on(signal: AbortSignal): Promise<unknown>
  /** Off, as can be read back or heard; it is wanted after a cancel, too. */
  off(): Promise<unknown>
}

/** A file of this host that goes onto the board; without an address in flash it does not go there. */
export interface BoardFile {
  name: string
  from: string
  proof: FileProof
  at: number | undefined
}

/** How a board is reached by OpenOCD. */
export interface OpenocdBoard {
  way: Openocd
  /** Where OpenOCD and its adapter are. */
  host: HostLink
  power: JtagPower
}

/**
 * Makes a board's flash hold the files that have an address there, and the images that the lab names. The board is switched on
 * for that, and off again, whatever happens: it runs what its flash held before.
 * @param folder a folder of the host
 * @throws LabError PlaceBroken in OpenOCD's words, or the host's; the signal's reason when aborted
 */
export async function writeFlash(
  { way, host, power }: OpenocdBoard,
  files: BoardFile[],
  folder: string,
  signal: AbortSignal,
): Promise<Flashed['files']> {
  const images = [
    ...(await putFiles(host, files, folder, signal)),
    ...(await labImages(host, way.images, folder, signal)),
  ]
  if (images.length === 0) return []
  let done: Flashed['files']
  try {
    await power.on(signal)
    done = await syncImages(host, way, images, folder, signal)
  } catch (error) {
    // What went wrong first is what has to be told.
    await power.off().catch(() => undefined)
    throw error
  }
  await power.off()
  return done
}

async function putFiles(
  host: HostLink,
  files: BoardFile[],
  folder: string,
  signal: AbortSignal,
): Promise<FlashImage[]> {
  const put: FlashImage[] = []
  for (const { name, from, proof, at } of files) {
    if (at === undefined) continue
    const path = posix.join(folder, name)
    await host.put(from, path, signal)
    put.push({ name, path, at, size: proof.size, sha256: proof.sha256 })
  }
  return put
}

async function labImages(
  host: HostLink,
  images: Openocd['images'],
  folder: string,
  signal: AbortSignal,
): Promise<FlashImage[]> {
  const found: FlashImage[] = []
  for (const [n, { file, at }] of images.entries()) {
    const path = posix.join(folder, `image-${n}`)
    // By another name, since OpenOCD's language would read this one.
    const script = 'ln -s -- "$1" "$2" && stat -L -c %s -- "$1" && sha256sum <"$1"'
    const said = await mustRun(host, ['sh', '-c', script, 'sh', file, path], `read ${file}`, signal)
    const [, size = '', sha256 = ''] = /^(\d+)\n([0-9a-f]{64})/.exec(said) ?? []
    if (!(Number(size) > 0)) throw new LabError('PlaceBroken', `${file} on host ${host.name} is empty: it is no image.`)
    found.push({ name: posix.basename(file), path, at, size: Number(size), sha256 })
  }
  return found
}
