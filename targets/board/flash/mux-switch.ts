import { LabError } from '../../../domain/errors.ts'
import type { MuxControl } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { failed, mustRun, runOn } from './on-host.ts'

export type MuxSide = 'host' | 'board'

/** How one mux is switched, and how it says where it stands. */
export interface MuxCommands {
  host: string[]
  board: string[]
  state?: { run: string[]; host: RegExp; board: RegExp }
}

/** The commands of a mux: usbsdmux(1), sd-mux-ctrl(1), and `sdwire --help` of sdwire 0.2, which cannot tell its state. */
export function muxCommands(control: MuxControl): MuxCommands {
  switch (control.program) {
    case 'usbsdmux': {
      const mux = ['usbsdmux', control.id]
      const state = { run: [...mux, 'get'], host: /^host$/m, board: /^dut$/m }
      return { host: [...mux, 'host'], board: [...mux, 'dut'], state }
    }
    case 'sd-mux-ctrl': {
      const mux = ['sd-mux-ctrl', `--device-serial=${control.id}`]
      const state = { run: [...mux, '--status'], host: /connected to: TS\b/, board: /connected to: DUT\b/ }
      return { host: [...mux, '--ts'], board: [...mux, '--dut'], state }
    }
    case 'sdwire': {
      const mux = ['sdwire', 'switch', '-s', control.id]
      return { host: [...mux, 'host'], board: [...mux, 'target'] }
    }
    case 'commands': {
      const { toHost, toBoard, state } = control
      const asked = state && { run: state.run, host: new RegExp(state.host, 'm'), board: new RegExp(state.board, 'm') }
      return { host: toHost, board: toBoard, ...(asked && { state: asked }) }
    }
  }
}

/**
 * Switches a mux and asks it where it stands, where it can tell.
 * @throws LabError PlaceBroken when it cannot be switched or stands elsewhere; the signal's reason when aborted
 */
export async function switchMux(
  host: HostLink,
  commands: MuxCommands,
  side: MuxSide,
  signal: AbortSignal,
): Promise<void> {
  await mustRun(host, commands[side], `switch the medium to the ${side}`, signal)
  if (!commands.state) return
  const words = commands.state.run
  const end = await runOn(host, words, signal)
  if (end.code !== 0) throw failed(host, words, 'ask the mux where it stands', end)
  if (commands.state[side].test(end.stdout)) return
  const other = side === 'host' ? 'board' : 'host'
  const stands = commands.state[other].test(end.stdout) ? `it stands at the ${other}` : `it says "${end.stdout.trim()}"`
  const sentence = `The mux was switched to the ${side} by ${commands[side][0]} on host ${host.name}, and ${stands}.`
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}
