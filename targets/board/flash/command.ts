import { LabError } from '../../../domain/errors.ts'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { describeFile } from './describe-file.ts'
import { clearedOnFailure } from './cleared-on-failure.ts'
import type { Flash, Flashed, FlashFiles } from './flash.ts'
import { refuseFirmware } from './firmware.ts'
import { mustRun } from './on-host.ts'
import type { OwnFolder } from './own-folder.ts'

const placeholders = ['image', 'initrd', 'cmdline', 'firmware'] as const

/**
 * Flashes by a command of the lab's own, which says by its exit code whether it did; nothing else can be known of it.
 * @param host where it runs; files are copied there first
 * @param own the attempt's folder there
 */
export function commandFlash(way: Extract<FlashWay, { kind: 'command' }>, host: HostLink, own: OwnFolder): Flash {
  const flash = async (files: FlashFiles, signal: AbortSignal): Promise<Flashed> => {
    const used = placeholders.filter((name) => way.run.some((word) => word.includes(`{${name}}`)))
    if (!used.includes('firmware')) refuseFirmware(files, 'the flash command has no word {firmware}')
    const folder = await own.make(signal)
    const values: Partial<Record<(typeof placeholders)[number], string>> = { cmdline: files.cmdline }
    const written: Flashed['files'] = []
    for (const name of used) {
      if (name === 'cmdline') continue
      const from = files[name]
      if (from === undefined) throw noFirmware(way.run)
      const { sha256 } = await describeFile(from, signal)
      values[name] = `${folder}/${name}`
      await host.put(from, values[name], signal)
      written.push({ name, sha256, written: true })
    }
    const words = way.run.map((word) =>
      word.replaceAll(/\{(image|initrd|cmdline|firmware)\}/g, (_, name: keyof typeof values) => values[name]!),
    )
    await mustRun(host, words, 'flash the board', signal)
    const remarks = ['Nothing was read back: what a flash command wrote is its own word.']
    return { files: written, remarks }
  }
  return {
    board: 'off',
    readsBack: false,
    flash: clearedOnFailure(flash, own.remove),
    clear: own.remove,
  }
}

function noFirmware(run: string[]): LabError {
  const sentence = `The flash command ${run[0]} wants {firmware}, and this cell has none for the place: leave the word out, or let the place take a stack.`
  return new LabError('BadInput', sentence)
}
