import { rm } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, type ProcessSeen } from '../../host/process-identity.ts'
import { findVictim } from '../chaos/processes-of-lab.ts'
import type { Rack } from './rack.ts'

/** What can break in a lab. */
export const faultNames = [
  'ser2net',
  'conserver',
  'sshd',
  'ssh cut',
  'snmpd',
  'pdudaemon',
  'tftp',
  'pdu lies',
  'pdu refuses',
  'power',
  'glitch',
  'machine',
  'tty',
  'worker dies',
  'worker stands still',
] as const
export type FaultName = (typeof faultNames)[number]

type BoardName = Exclude<keyof Rack['boards'], 'board-4'>

/** Which board a fault strikes where it strikes only one, by how the rack is wired. */
const strikes: Partial<Record<FaultName, BoardName>> = {
  ser2net: 'board-1',
  snmpd: 'board-1',
  conserver: 'board-2',
  sshd: 'board-2',
  'ssh cut': 'board-2',
  pdudaemon: 'board-2',
}

/** One fault, as it was drawn. */
export interface Fault {
  name: FaultName
  board: BoardName
  /** Milliseconds after its run was started. */
  at: number
  /** For how long it lasts, milliseconds, where it lasts. */
  lasts: number
}

/** Draws a fault. @param random from 0 to 1 */
export function drawFault(random: () => number, longest: number): Fault {
  const name = faultNames[Math.floor(random() * faultNames.length)]!
  const either: BoardName = random() < 0.5 ? 'board-1' : 'board-2'
  return { name, board: strikes[name] ?? either, at: random() * longest, lasts: 300 + random() * 4000 }
}

/** A worker that stands still longer than its heartbeat may be away is given up, and comes back. */
const standsStill = 4

/** Breaks it. @param state the lab's state folder @returns a function that mends it */
export async function strike(
  { rack, folder, state }: { rack: Rack; folder: string; state: string },
  fault: Fault,
): Promise<() => Promise<void>> {
  const { name, board } = fault
  const { parts, rail, boards } = rack
  const outlet = board === 'board-1' ? '1' : '2'
  const nothing = async (): Promise<void> => undefined
  switch (name) {
    case 'ser2net':
    case 'conserver':
    case 'sshd':
    case 'snmpd':
    case 'pdudaemon':
      await parts.kill(name)
      return () => parts.revive(name)
    case 'ssh cut':
      rack.sshd()?.cut()
      return nothing
    case 'tftp': {
      const tftp = join(folder, 'tftp')
      for (const attempt of readdirSync(tftp)) await rm(join(tftp, attempt), { recursive: true, force: true })
      return nothing
    }
    case 'pdu lies':
      rail.behave(outlet, 'lies')
      return async () => rail.behave(outlet, 'well')
    case 'pdu refuses':
      rail.behave(outlet, 'refuses')
      return async () => rail.behave(outlet, 'well')
    case 'power':
      await boards[board].set('off')
      return nothing
    case 'glitch':
      if (boards[board].outlet === 'off') return nothing
      await boards[board].set('off')
      await boards[board].set('on')
      return nothing
    case 'machine':
      await boards[board].crash()
      return nothing
    case 'tty': {
      const wire = `wire ${board === 'board-1' ? 'b1u0' : 'b2u0'}`
      await parts.kill(wire)
      return () => parts.revive(wire)
    }
    case 'worker dies':
      kill(state, 'SIGKILL')
      return nothing
    case 'worker stands still': {
      const stopped = kill(state, 'SIGSTOP')
      await delay(standsStill * fault.lasts)
      for (const worker of stopped) if (isRunning(worker)) process.kill(worker.pid, 'SIGCONT')
      return nothing
    }
  }
}

function kill(state: string, signal: NodeJS.Signals): ProcessSeen[] {
  const workers = findVictim(state, 'worker', undefined, 0) ?? []
  for (const { pid } of workers) process.kill(pid, signal)
  return workers
}
