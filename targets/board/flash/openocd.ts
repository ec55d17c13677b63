import { posix } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { Loader } from '../../../domain/lab/inventory.ts'
import { clearedOnFailure } from './cleared-on-failure.ts'
import { describeFile } from './describe-file.ts'
import { refuseFirmware } from './firmware.ts'
import type { Flash, Flashed, FlashFiles, LoadFile } from './flash.ts'
import { writeFlash, type BoardFile, type OpenocdBoard } from './openocd-flash.ts'
import { hex } from './openocd-images.ts'
import { openocdFault, runOpenocd } from './openocd-run.ts'
import type { OwnFolder } from './own-folder.ts'

/**
 * Flashes by OpenOCD, through JTAG or SWD. What has an address in flash is written there where it differs, and read back;
 * kernel and initrd without one are put into memory later, when U-Boot stands at its prompt, and it reads them back.
 * @param loader of the board's class: where in memory U-Boot takes them
 * @param own the attempt's folder of the host
 */
export function openocdFlash(board: OpenocdBoard, loader: Loader | undefined, own: OwnFolder): Flash {
  const { way, host } = board
  const inMemory = way.kernelAt === undefined
  const flash = async (files: FlashFiles, signal: AbortSignal): Promise<Flashed> => {
    const firmware = await firmwareOf(board, files, signal)
    const [kernel, initrd] = await kernelAndInitrd(board, files, signal)
    const folder = await own.make(signal)
    const written = await writeFlash(board, [...firmware, kernel, initrd], folder, signal)
    if (loader?.kind !== 'u-boot') {
      const remark = 'The command line is not told: the board starts what its flash holds.'
      return { files: written, remarks: files.cmdline === '' ? [] : [remark] }
    }
    const later = inMemory ? [kernel, initrd] : []
    for (const { name, from } of later) await host.put(from, posix.join(folder, name), signal)
    const put = later.map(({ name, proof: { sha256 } }) => ({ name, sha256, written: true }))
    const offer = { prepare: [], kernel: loadFile('kernel', kernel), initrd: loadFile('initrd', initrd) }
    return { files: [...written, ...put], remarks: [], offer }
  }
  const serve = async ({ name }: LoadFile, signal: AbortSignal): Promise<void> => {
    const at = name === 'kernel' ? loader?.kernelAddress : loader?.initrdAddress
    if (at === undefined) throw noAddress(name)
    const folder = await own.find(signal)
    const commands = [`load_image ${posix.join(folder, name)} ${hex(at)} bin`, 'resume']
    const end = await runOpenocd(host, way, { begin: ['halt'], commands }, posix.join(folder, 'log'), signal)
    if (!end.done) throw openocdFault(host, end, `put the ${name} into the board's memory`)
  }
  return {
    board: 'off',
    readsBack: false,
    flash: clearedOnFailure(flash, own.remove),
    ...(inMemory && { serve }),
    clear: own.remove,
  }
}

/**
 * Writes a board's flash by OpenOCD, and then has kernel and initrd brought in another way.
 * @param other that way, with the board off
 * @param own a folder of the attempt's on OpenOCD's host, and no other way's
 */
export function besideOpenocd(board: OpenocdBoard, other: Flash, own: OwnFolder): Flash {
  const flash = async (files: FlashFiles, signal: AbortSignal): Promise<Flashed> => {
    const firmware = await firmwareOf(board, files, signal)
    const folder = await own.make(signal)
    const written = await writeFlash(board, firmware, folder, signal)
    await own.remove()
    const { image, initrd, cmdline } = files
    const flashed = await other.flash({ image, initrd, cmdline }, signal)
    return { ...flashed, files: [...written, ...flashed.files] }
  }
  const clear = async (): Promise<void> => {
    await own.remove()
    await other.clear()
  }
  return { ...other, flash: clearedOnFailure(flash, clear), clear }
}

async function firmwareOf(
  { way: { firmwareAt: at } }: OpenocdBoard,
  files: FlashFiles,
  signal: AbortSignal,
): Promise<BoardFile[]> {
  if (at === undefined) refuseFirmware(files, "the lab file does not say where in the board's flash firmware lies")
  const { firmware: from } = files
  return from === undefined ? [] : [{ name: 'firmware', from, proof: await describeFile(from, signal), at }]
}

async function kernelAndInitrd(
  { way: { kernelAt, initrdAt } }: OpenocdBoard,
  { image, initrd }: FlashFiles,
  signal: AbortSignal,
): Promise<[BoardFile, BoardFile]> {
  return [
    { name: 'kernel', from: image, proof: await describeFile(image, signal), at: kernelAt },
    { name: 'initrd', from: initrd, proof: await describeFile(initrd, signal), at: initrdAt },
  ]
}

/** What U-Boot is told: to copy a file out of flash, which it sees as memory, or that it lies in memory. */
function loadFile(name: LoadFile['name'], { proof, at }: BoardFile): LoadFile {
  const size = proof.size.toString(16)
  const setSize = `setenv filesize ${size}`
  if (at === undefined) return { name, command: setSize, servedBefore: true, ...proof }
  return { name, command: `cp.b ${hex(at)} {address} 0x${size} && ${setSize}`, ...proof }
}

function noAddress(name: LoadFile['name']): LabError {
  const sentence = `OpenOCD does not know where in memory U-Boot takes the ${name}: name the address in the loader of the place's class.`
  return new LabError('BadInput', sentence)
}
