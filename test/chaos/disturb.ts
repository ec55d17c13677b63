import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessSeen } from '../../host/process-identity.ts'
import type { Disturbance } from './disturbance.ts'
import { findVictim, signalAll } from './processes-of-lab.ts'

/** A victim may be on its way: a machine behind its attempt's begin, or one that was killed and comes again. */
const searchSeconds = 10

/**
 * Does what was drawn to a lab, now, and returns when it is over: a stop when the victim goes on.
 * @param cli the process of the command that follows the run
 * @param over aborted when the run has ended
 * @param cut aborted when all is to end: a stop ends at once
 * @param hit called with the victim's processes in the moment when they have the signal
 * @returns false when the victim was not there
 */
export async function disturb(
  stateFolder: string,
  { kind, victim, seconds, pick }: Disturbance,
  cli: number | undefined,
  over: AbortSignal,
  cut: AbortSignal,
  hit: (processes: ProcessSeen[]) => void,
): Promise<boolean> {
  const found = await search(() => findVictim(stateFolder, victim, cli, pick), over)
  if (!found) return false
  signalAll(found, kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')
  hit(found)
  if (kind === 'kill') return true
  try {
    await delay(seconds * 1000, undefined, { signal: cut })
  } finally {
    signalAll(found, 'SIGCONT')
  }
  return true
}

/** Not as often as a test looks for something: each look reads what every process of the machine has open. */
async function search(look: () => ProcessSeen[] | undefined, over: AbortSignal): Promise<ProcessSeen[] | undefined> {
  for (const deadline = performance.now() + searchSeconds * 1000; !over.aborted; await delay(50)) {
    const found = look()
    if (found !== undefined || performance.now() > deadline) return found
  }
  return undefined
}
