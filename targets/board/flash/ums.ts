import { posix } from 'node:path'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { borrower } from './borrower.ts'
import { clearedOnFailure } from './cleared-on-failure.ts'
import { describeFile } from './describe-file.ts'
import { refuseFirmware } from './firmware.ts'
import type { Flash, Flashed, FlashFiles, LoadFile } from './flash.ts'
import { putContent, type MediumContent, type MediumFiles } from './medium-content.ts'
import type { OwnFolder } from './own-folder.ts'
import { makeMedium, type MediumFile } from './whole-medium.ts'

type UmsWay = Extract<FlashWay, { kind: 'ums' }>

/**
 * Has a board's U-Boot lend the board's own medium to a host by USB (its command `ums`), which writes what differs there and
 * reads it back; then U-Boot loads from it. What the medium should hold is made here, before the board is on.
 * @param host where the board's USB device port is plugged in
 * @param own the attempt's folder there
 */
export function umsFlash(way: UmsWay, host: HostLink, own: OwnFolder): Flash {
  const flash = async (files: FlashFiles, signal: AbortSignal): Promise<Flashed> => {
    if (way.firmwareAt === undefined)
      refuseFirmware(files, 'the lab file does not say where on its medium firmware lies')
    const wanted = await mediumFiles(files, signal)
    const folder = await own.make(signal)
    const content = await contentOf(way, host, wanted, files, folder, signal)
    const [kernel, initrd] = wanted.map(({ name, proof }, n): LoadFile => {
      const command = `load ${way.medium}:${way.partition} {address} ${name}`
      return { name: n === 0 ? 'kernel' : 'initrd', command, ...proof }
    })
    const lent = { command: `ums ${way.controller} ${way.medium}`, content }
    return { files: filesOf(content), remarks: [], offer: { prepare: [], lent, kernel: kernel!, initrd: initrd! } }
  }
  return {
    board: 'off',
    readsBack: false,
    flash: clearedOnFailure(flash, own.remove),
    borrow: ({ content }) => borrower(way, host, (signal) => putContent(host, content, way.device, signal)),
    clear: own.remove,
  }
}

async function mediumFiles({ image, initrd }: FlashFiles, signal: AbortSignal): Promise<MediumFile[]> {
  const files = [
    { name: 'Image', from: image },
    { name: 'initrd.img', from: initrd },
  ]
  return Promise.all(files.map(async (file) => ({ ...file, proof: await describeFile(file.from, signal) })))
}

async function contentOf(
  { base, partition, firmwareAt: at }: UmsWay,
  host: HostLink,
  wanted: MediumFile[],
  { firmware: from }: FlashFiles,
  folder: string,
  signal: AbortSignal,
): Promise<MediumContent> {
  const firmware = from !== undefined && at !== undefined ? { from, at } : undefined
  if (base !== undefined) {
    const parts = { base, partition, files: wanted, ...(firmware && { firmware }) }
    const image = await makeMedium(host, parts, folder, signal)
    return { whole: { image, base, firmware: firmware !== undefined } }
  }
  const files: MediumFiles['files'] = []
  for (const { name, from: there, proof } of wanted) {
    const path = posix.join(folder, String(files.length))
    await host.put(there, path, signal)
    files.push({ name, path, sha256: proof.sha256 })
  }
  if (!firmware) return { partition, files }
  const { size, sha256 } = await describeFile(firmware.from, signal)
  const path = posix.join(folder, 'firmware')
  await host.put(firmware.from, path, signal)
  return { partition, files, firmware: { at: firmware.at, size, sha256, path } }
}

function filesOf(content: MediumContent): Flashed['files'] {
  if ('whole' in content) return [{ name: 'medium', sha256: content.whole.image.sha256, written: true }]
  const { files, firmware } = content
  return [...files, ...(firmware ? [{ name: 'firmware', sha256: firmware.sha256 }] : [])].map(({ name, sha256 }) => {
    return { name, sha256, written: true }
  })
}
