import { isRunning, type ProcessSeen } from '../../host/process-identity.ts'
import { processesOf } from '../e2e/processes.ts'
import type { Victim } from './disturbance.ts'

const service = /worker\/service\.ts/
const worker = /worker\/main\.ts/
const server = /^\S*temporal server start-dev /
/** The shell and its watcher: they have one command line. See host/guarded-process.ts. */
const guard = /^\/bin\/sh -c [\s\S]* guard \S/

/** What the processes of a victim look like: one of each pattern is taken. */
const looks: Record<Exclude<Victim, 'cli'>, RegExp[]> = {
  worker: [worker],
  service: [service],
  server: [server],
  'worker and server': [worker, server],
  guard: [guard],
  qemu: [/^\S*qemu-system-aarch64 /],
  swtpm: [/^\S*swtpm socket /],
}

/**
 * The processes that a victim is at this moment; undefined when it is not there, or not all of it.
 * @param cli the process of the command that follows the run, while there is one
 * @param pick from 0 to 1: which one, where several fit
 */
export function findVictim(
  stateFolder: string,
  victim: Victim,
  cli: number | undefined,
  pick: number,
): ProcessSeen[] | undefined {
  const seen = processesOf(stateFolder)
  return choose(seen, victim, cli, pick)
}

/** The same among processes that were seen. */
export function choose(
  seen: readonly ProcessSeen[],
  victim: Victim,
  cli: number | undefined,
  pick: number,
): ProcessSeen[] | undefined {
  const sets =
    victim === 'cli'
      ? [seen.filter(({ pid }) => pid === cli)]
      : looks[victim].map((look) => seen.filter(({ commandLine }) => look.test(commandLine)))
  const chosen = sets.map((set) => set[Math.min(set.length - 1, Math.floor(pick * set.length))])
  return chosen.every((one) => one !== undefined) ? chosen : undefined
}

/**
 * What is wrong with the processes of a service that runs and has nothing to do: one of each is to be there, and the server
 * in a group with its guard, shell and watcher. Without one of them it outlives its owner one day.
 */
export function faultsOfService(seen: readonly ProcessSeen[]): string[] {
  const of = (look: RegExp): ProcessSeen[] => seen.filter(({ commandLine }) => look.test(commandLine))
  const counted = { service: of(service), worker: of(worker), server: of(server) }
  const guards = Map.groupBy(of(guard), ({ pgid }) => pgid)
  const wrong = Object.entries(counted)
    .filter(([, found]) => found.length !== 1)
    .map(([name, found]) => `${found.length} processes are the ${name}: ${found.map(({ pid }) => pid).join(' ')}`)
  for (const { pid, pgid } of counted.server) {
    const there = guards.get(pgid)?.length ?? 0
    if (there < 2) wrong.push(`the server ${pid} has ${there} of 2 processes of its guard ${pgid}`)
    guards.delete(pgid)
  }
  return [...wrong, ...[...guards.keys()].map((group) => `guard ${group} guards nothing`)]
}

/** Sends a signal to those of the processes that are still the same ones. */
export function signalAll(processes: readonly ProcessSeen[], signal: NodeJS.Signals): void {
  for (const one of processes)
    try {
      if (isRunning(one)) process.kill(one.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
}
