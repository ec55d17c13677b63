import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { OutletState } from '../power/power.ts'
import { describeFile, type FileProof } from './describe-file.ts'
import { extlinuxConfig } from './extlinux.ts'
import { FatFiles } from './fat-files.ts'
import { refuseFirmware } from './firmware.ts'
import { syncFirmware } from './raw-firmware.ts'
import type { Flash, Flashed, FlashFiles, LoadFile } from './flash.ts'
import { awaitMedium } from './medium.ts'
import { muxCommands, switchMux } from './mux-switch.ts'
import { mustRun } from './on-host.ts'

type MuxWay = Extract<FlashWay, { kind: 'mux' }>

/** How long a host may take to switch a mux and to remove files, milliseconds; it is asked after a cancel, too. */
const clearing = 60_000

/** A file for the medium: where it is here, and what it is called there. */
interface MediumFile {
  name: string
  from: string
  proof: FileProof
}

/**
 * Flashes a medium that is switched between a host and the board. Only what differs is written; each file is read back from
 * the medium itself. The medium ends on the board's side, whatever happens.
 * Flashing the same files again after a run of something that is not trusted tells by `written` what it changed.
 * @param power asks the board's outlet: the medium is not taken from a board that is not known to be off
 */
export function muxFlash(way: MuxWay, host: HostLink, power: (signal: AbortSignal) => Promise<OutletState>): Flash {
  return {
    board: 'off',
    readsBack: true,
    async flash(files: FlashFiles, signal: AbortSignal): Promise<Flashed> {
      if (way.firmwareAt === undefined)
        refuseFirmware(files, 'the lab file does not say where on its medium firmware lies')
      const own = await mkdtemp(join(tmpdir(), 'hyplab-mux-'))
      try {
        const wanted = await mediumFiles(way, files, own, signal)
        const written = await onHost(way, host, power, signal, (fat) =>
          syncFiles(way, host, fat, wanted, files, signal),
        )
        const offer = loaderOffer(way, wanted)
        return { files: written, remarks: [], ...(offer && { offer }) }
      } finally {
        await rm(own, { recursive: true, force: true })
      }
    },
    // What lies on the medium is not one attempt's: the next one writes what differs.
    clear: async () => undefined,
  }
}

async function mediumFiles(way: MuxWay, files: FlashFiles, own: string, signal: AbortSignal): Promise<MediumFile[]> {
  const wanted = [
    { name: 'Image', from: files.image },
    { name: 'initrd.img', from: files.initrd },
  ]
  if (way.loadFrom === undefined) {
    const from = join(own, 'extlinux.conf')
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
  work: (fat: FatFiles) => Promise<T>,
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
    done = await work(await FatFiles.find(host, way.device, way.partition, signal))
  } catch (error) {
    // What went wrong first is what has to be told.
    await switchMux(host, commands, 'board', AbortSignal.timeout(clearing)).catch(() => undefined)
    throw error
  }
  await switchMux(host, commands, 'board', signal)
  return done
}

async function syncFiles(
  way: MuxWay,
  host: HostLink,
  fat: FatFiles,
  wanted: MediumFile[],
  files: FlashFiles,
  signal: AbortSignal,
): Promise<Flashed['files']> {
  const folder = (await mustRun(host, ['mktemp', '-d', '-t', 'hyplab-flash-XXXXXX'], 'make a folder', signal)).trim()
  try {
    const done: Flashed['files'] = []
    for (const { name, from, proof } of wanted) {
      const written = (await fat.sha256(name, signal)) !== proof.sha256
      if (written) {
        const there = `${folder}/${done.length}`
        await host.put(from, there, signal)
        await fat.write(there, name, proof.sha256, signal)
      }
      done.push({ name, sha256: proof.sha256, written })
    }
    if (files.firmware !== undefined && way.firmwareAt !== undefined)
      done.push(await syncFirmware(host, way.device, way.firmwareAt, files.firmware, `${folder}/firmware`, signal))
    return done
  } finally {
    await mustRun(host, ['rm', '-rf', '--', folder], `remove ${folder}`, AbortSignal.timeout(clearing)).catch(
      () => undefined,
    )
  }
}

function loaderOffer({ loadFrom }: MuxWay, [image, initrd]: MediumFile[]): Flashed['offer'] {
  if (loadFrom === undefined) return undefined
  const file = (name: LoadFile['name'], { name: path, proof }: MediumFile): LoadFile => {
    return { name, command: `load ${loadFrom} {address} ${path}`, ...proof }
  }
  return { prepare: [], kernel: file('kernel', image!), initrd: file('initrd', initrd!) }
}
