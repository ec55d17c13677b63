import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../../domain/errors.ts'
import type { FlashWay } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { describeFile } from './describe-file.ts'
import { refuseFirmware } from './firmware.ts'
import { clearedOnFailure } from './cleared-on-failure.ts'
import type { Flash, Flashed, FlashFiles, LoadFile } from './flash.ts'
import { mustRun, runOn } from './on-host.ts'
import type { OwnFolder } from './own-folder.ts'

type FastbootWay = Extract<FlashWay, { kind: 'fastboot' }>

/** How long a board may take to listen after it was told to, or after power-on, seconds. */
const usualPatience = 60
const again = 500

/**
 * Flashes by fastboot's own client, into memory only. A board whose own firmware listens is told to boot what it is sent; a
 * U-Boot is told to listen once for each file (`listen`), which it then reads back as it does with any other load.
 * @param own the attempt's folder there
 * @param patience seconds until the board has to listen: the client itself would wait for ever
 */
export function fastbootFlash(way: FastbootWay, host: HostLink, own: OwnFolder, patience = usualPatience): Flash {
  const fastboot = ['fastboot', '-s', way.device]
  const put = async (
    files: FlashFiles,
    folder: string,
    signal: AbortSignal,
  ): Promise<Record<LoadFile['name'], LoadFile>> => {
    const one = async (name: LoadFile['name'], from: string): Promise<LoadFile> => {
      const proof = await describeFile(from, signal)
      await host.put(from, `${folder}/${name}`, signal)
      return { name, command: `fastboot -l {address} ${way.listen ?? ''}`.trim(), ...proof }
    }
    return { kernel: await one('kernel', files.image), initrd: await one('initrd', files.initrd) }
  }
  const flash = async (files: FlashFiles, signal: AbortSignal): Promise<Flashed> => {
    refuseFirmware(files, 'by fastboot kernel and initrd are brought into memory only')
    const folder = await own.make(signal)
    const { kernel, initrd } = await put(files, folder, signal)
    const sent = [kernel, initrd].map(({ name, sha256 }) => ({ name, sha256, written: true }))
    if (way.listen !== undefined) return { files: sent, remarks: [], offer: { prepare: [], kernel, initrd } }
    const words = [...fastboot, '--cmdline', files.cmdline, 'boot', `${folder}/kernel`, `${folder}/initrd`]
    await awaitListening(host, way.device, patience, signal)
    await mustRun(host, words, 'have the board boot by fastboot', signal)
    return { files: sent, remarks: ['Nothing was read back: fastboot has no command for that.'] }
  }
  const serve = async ({ name }: LoadFile, signal: AbortSignal): Promise<void> => {
    await awaitListening(host, way.device, patience, signal)
    const folder = await own.find(signal)
    await mustRun(host, [...fastboot, 'stage', `${folder}/${name}`], `send the ${name} by fastboot`, signal)
    await mustRun(host, [...fastboot, 'continue'], 'have U-Boot go on', signal)
  }
  return {
    board: way.listen === undefined ? 'on' : 'off',
    readsBack: false,
    flash: clearedOnFailure(flash, own.remove),
    ...(way.listen !== undefined && { serve }),
    clear: own.remove,
  }
}

/** Asks until the board answers: a client that finds nobody gives up at once by network, and never by USB. */
async function awaitListening(host: HostLink, device: string, patience: number, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(patience * 1000)
  const either = AbortSignal.any([signal, limit])
  let said = ''
  try {
    for (;;) {
      const { code, stderr } = await runOn(host, ['fastboot', '-s', device, 'getvar', 'version'], either)
      if (code === 0) return
      if (code === 127) break
      said = `: it said "${stderr.trim().split('\n').at(-1)}"`
      await delay(again, undefined, { signal: either })
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!limit.aborted) throw error
    const sentence = `The board did not answer fastboot at ${device} within ${patience} s${said}.`
    throw new LabError('PlaceBroken', sentence, { retryable: true, cause: error })
  }
  throw new LabError('PlaceBroken', `Host ${host.name} has no command fastboot; install it there.`)
}
