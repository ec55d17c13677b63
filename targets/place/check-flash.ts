import { LabError } from '../../domain/errors.ts'
import type { FlashSpec, FlashWay } from '../../domain/lab/flash-spec.ts'
import { borrower } from '../board/flash/borrower.ts'
import { muxCommands } from '../board/flash/mux-switch.ts'
import { failed, runOn } from '../board/flash/on-host.ts'
import { checkOpenocd } from './check-openocd.ts'
import { needFile, needProgram } from './on-that-host.ts'
import type { HostLink } from '../hosts/host-link.ts'
import { checkTftp } from './check-tftp.ts'
import { checkWeb } from './check-web.ts'

type MuxWay = Extract<FlashWay, { kind: 'mux' }>
type UmsWay = Extract<FlashWay, { kind: 'ums' }>

/**
 * Tries the way to flash a place as far as that changes nothing on it.
 * @returns what was seen: one sentence
 * @throws LabError PlaceBroken in the host's words; the signal's reason when aborted
 */
export async function checkFlash(flash: FlashSpec, host: HostLink, signal: AbortSignal): Promise<string> {
  const seen = await checkWay(flash, host, signal)
  return flash.openocd ? `${await checkOpenocd(flash.openocd, host, signal)} ${seen}` : seen
}

async function checkWay(flash: FlashSpec, host: HostLink, signal: AbortSignal): Promise<string> {
  switch (flash.kind) {
    case 'tftp':
      return await checkTftp(flash, host, signal)
    case 'mux':
      return await checkMux(flash, host, signal)
    case 'mmc':
      await needFile(host, flash.base, signal)
      await needProgram(host, 'mcopy', signal)
      return await checkTftp(flash, host, signal)
    case 'ums':
      return await checkUms(flash, host, signal)
    case 'uefi-http':
      await needProgram(host, 'mcopy', signal)
      return await checkWeb(flash, host, signal)
    case 'fastboot':
      await needProgram(host, 'fastboot', signal)
      return `${host.name} has fastboot.`
    case 'openocd':
      return await checkOpenocd(flash, host, signal)
    case 'command': {
      const [program = ''] = flash.run
      await needProgram(host, program, signal)
      return `${host.name} has ${program}; what it writes only a boot can tell.`
    }
  }
}

/** What a flash is called, as its line in the file has it. */
export function nameOfFlash(flash: FlashSpec): string {
  return flash.openocd ? `${nameOfWay(flash)}, and openocd` : nameOfWay(flash)
}

function nameOfWay(flash: FlashSpec): string {
  switch (flash.kind) {
    case 'tftp':
      return `TFTP folder ${flash.folder}`
    case 'mux':
      return `mux of ${flash.device}`
    case 'mmc':
      return `mmc ${flash.device} by TFTP folder ${flash.folder}`
    case 'ums':
      return `ums ${flash.medium}`
    case 'uefi-http':
      return `web folder ${flash.folder}`
    case 'fastboot':
      return `fastboot ${flash.device}`
    case 'openocd':
      return 'openocd'
    case 'command':
      return 'flash command'
  }
}

async function checkUms(way: UmsWay, host: HostLink, signal: AbortSignal): Promise<string> {
  await needProgram(host, 'mcopy', signal)
  if (way.base !== undefined) await needFile(host, way.base, signal)
  await borrower(way, host, async () => ({ files: [], remarks: [] })).ready(signal)
  return `Nothing is at ${way.device} of ${host.name} while no board lends its medium; whether one does, only a boot can tell.`
}

async function checkMux({ control, base }: MuxWay, host: HostLink, signal: AbortSignal): Promise<string> {
  const { host: toHost, board: toBoard, state } = muxCommands(control)
  for (const program of new Set([toHost[0]!, toBoard[0]!, ...(state ? [state.run[0]!] : []), 'mcopy']))
    await needProgram(host, program, signal)
  if (base !== undefined) await needFile(host, base, signal)
  if (!state) return `${host.name} has ${toHost[0]}; the mux cannot be asked where it stands.`
  const end = await runOn(host, state.run, signal)
  if (end.code !== 0) throw failed(host, state.run, 'ask the mux where it stands', end)
  if (state.board.test(end.stdout)) return 'The mux answers: it stands at the board.'
  if (state.host.test(end.stdout)) return 'The mux answers: it stands at the host.'
  const sentence = `The mux says neither host nor board, but "${end.stdout.trim()}".`
  throw new LabError('PlaceBroken', sentence)
}
