import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { OutletState } from '../power/power.ts'
import { describeFile } from './describe-file.ts'
import { extlinuxConfig } from './extlinux.ts'
import { FatFiles } from './fat-files.ts'
import { refuseFirmware } from './firmware.ts'
import { syncFirmware } from './raw-firmware.ts'
import type { Flash, Flashed, FlashFiles, LoadFile } from './flash.ts'
import { awaitMedium } from './medium.ts'
import { muxCommands, switchMux } from './mux-switch.ts'
import type { OwnFolder } from './own-folder.ts'
import { syncMedium, type MediumFile } from './whole-medium.ts'

type MuxWay = Extract<FlashWay, { kind: 'mux' }>

/** How long a host may take to switch a mux, milliseconds; it is asked after a cancel, too. */
const clearing = 60_000

/**
 * Flashes a medium that is switched between a host and the board. Only what differs is written; each file is read back from
 * the medium itself, each time anew: a kernel that ran meanwhile may have written anything there, so nothing is remembered
 * of it. With a `base` that goes for the whole medium. The medium ends on the board's side, whatever happens.
 * @param own the attempt's folder of the host
 * @param power asks the board's outlet: the medium is not taken from a board that is not known to be off
 */
export function muxFlash(
  way: MuxWay,
  host: HostLink,
  own: OwnFolder,
  power: (signal: AbortSignal) => Promise<OutletState>,
): Flash {
  return {
    board: 'off',
    readsBack: true,
    async flash(files: FlashFiles, signal: AbortSignal): Promise<Flashed> {
      if (way.firmwareAt === undefined)
        refuseFirmware(files, 'the lab file does not say where on its medium firmware lies')
      const here = await mkdtemp(join(tmpdir(), 'hyplab-mux-'))
      try {
        const wanted = await mediumFiles(way, files, here, signal)
        const done = await onHost(way, host, power, signal, () => sync(way, host, own, wanted, files, signal))
        const offer = loaderOffer(way, wanted)
        return { ...done, ...(offer && { offer }) }
      } finally {
        await rm(here, { recursive: true, force: true })
      }
    },
    // What lies on the medium is not one attempt's: the next one writes what differs. Only a worker that died left files.
    clear: async () => await own.remove().catch(() => undefined),
  }
}

async function mediumFiles(way: MuxWay, files: FlashFiles, here: string, signal: AbortSignal): Promise<MediumFile[]> {
  const wanted = [
    { name: 'Image', from: files.image },
    { name: 'initrd.img', from: files.initrd },
  ]
  if (way.loadFrom === undefined) {
    const from = join(here, 'extlinux.conf')
    await writeFile(from, extlinuxConfig('/Image', '/initrd.img', files.cmdline))
    wanted.push({ name: 'extlinux/extlinux.conf', from })
  }
  return Promise.all(wanted.map(async (file) => ({ ...file, proof: await describeFile(file.from, signal) })))
}

/** Has the medium on the host's side while `work` is done. */
async function onHost<T>(
  way: MuxWay,
  host: HostLink,
  power: (signal: AbortSignal) => Promise<OutletState>,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const state = await power(signal)
  if (state !== 'off') {
    const sentence = `The medium ${way.device} is not taken from the board, whose power is ${state}: switch the board off first.`
    throw new LabError('PlaceBroken', sentence, { retryable: true })
  }
  const commands = muxCommands(way.control)
  let done: T
  try {
    await switchMux(host, commands, 'host', signal)
    await awaitMedium(host, way.device, signal)
    done = await work()
  } catch (error) {
    // What went wrong first is what has to be told.
    await switchMux(host, commands, 'board', AbortSignal.timeout(clearing)).catch(() => undefined)
    throw error
  }
  await switchMux(host, commands, 'board', signal)
  return done
}

async function sync(
  way: MuxWay,
  host: HostLink,
  own: OwnFolder,
  wanted: MediumFile[],
  files: FlashFiles,
  signal: AbortSignal,
): Promise<Pick<Flashed, 'files' | 'remarks'>> {
  const { base, device, partition, firmwareAt } = way
  try {
    const folder = await own.make(signal)
    if (base === undefined) return { files: await syncFiles(way, host, wanted, files, folder, signal), remarks: [] }
    const { firmware: from } = files
    const firmware = from !== undefined && firmwareAt !== undefined ? { from, at: firmwareAt } : undefined
    const parts = { base, partition, files: wanted, ...(firmware && { firmware }) }
    return await syncMedium(host, parts, device, folder, signal)
  } finally {
    await own.remove().catch(() => undefined)
  }
}

async function syncFiles(
  { device, partition, firmwareAt }: MuxWay,
  host: HostLink,
  wanted: MediumFile[],
  { firmware }: FlashFiles,
  folder: string,
  signal: AbortSignal,
): Promise<Flashed['files']> {
  const fat = await FatFiles.find(host, device, partition, signal)
  const done: Flashed['files'] = []
  for (const { name, from, proof } of wanted) {
    const bring = async (): Promise<string> => {
      const there = `${folder}/${done.length}`
      await host.put(from, there, signal)
      return there
    }
    done.push(await fat.sync(name, proof.sha256, bring, signal))
  }
  if (firmware !== undefined && firmwareAt !== undefined)
    done.push(await syncFirmware(host, device, firmwareAt, firmware, `${folder}/firmware`, signal))
  return done
}

function loaderOffer({ loadFrom }: MuxWay, [image, initrd]: MediumFile[]): Flashed['offer'] {
  if (loadFrom === undefined) return undefined
  const file = (name: LoadFile['name'], { name: path, proof }: MediumFile): LoadFile => {
    return { name, command: `load ${loadFrom} {address} ${path}`, ...proof }
  }
  return { prepare: [], kernel: file('kernel', image!), initrd: file('initrd', initrd!) }
}
