import { LabError } from '../../../domain/errors.ts'
import type { Openocd } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { inSeconds } from '../../stop-sentence.ts'
import { runOn } from './on-host.ts'

/** What it says when its files were read, when the board was reached, and when all was done. */
const steps = ['hyplab: configured', 'hyplab: connected', 'hyplab: done']
/** Several run on one host, and nobody else is to talk to this one. A version without one of these has another way to no port. */
const noPorts = ['gdb_port', 'tcl_port', 'telnet_port'].map((port) => `catch {${port} disabled}`).join('; ')
/** Of a log that may be long, bytes: a driver that is asked to may say a line for each block. */
const keptLog = 1 << 20
/** How long the host may take to read a log, milliseconds; it is asked after a cancel, too. */
const reading = 30_000
const shownErrors = 4

/** What one run of OpenOCD came to. */
export type OpenocdEnd =
  | { done: true }
  /** `how` far it came, and why no farther: a clause with its own words. */
  | { done: false; how: 'not configured' | 'not connected' | 'connected'; why: string }

/**
 * Runs OpenOCD once: its files, `init`, what stops the board, the commands, and the end. It listens on no port.
 * @param commands in its own language, each of which has to succeed
 * @param log a file of the host for what it says
 * @throws LabError PlaceBroken when the host has no OpenOCD, or it was ended since it took too long; the signal's reason when
 *   aborted. No process is left
 */
export async function runOpenocd(
  host: HostLink,
  { config, arguments: words, within }: Pick<Openocd, 'config' | 'arguments' | 'within'>,
  { begin, commands }: { begin: string[]; commands: string[] },
  log: string,
  signal: AbortSignal,
): Promise<OpenocdEnd> {
  const [configured, connected, done] = steps.map((step) => `echo {${step}}`) as [string, string, string]
  const before = [noPorts, configured, 'init', ...begin, connected]
  const files = config.flatMap((file) => ['-f', file])
  const inOrder = [...before, ...commands, done, 'shutdown'].flatMap((command) => ['-c', command])
  // Its output goes to a file, so that there are words of one that had to be ended, too.
  const script = 'log=$1; shift; exec "$@" >"$log" 2>&1'
  const openocd = ['openocd', '-c', noPorts, ...words, ...files, ...inOrder]
  const limit = AbortSignal.timeout(within * 1000)
  let code: number | undefined
  try {
    code = (await runOn(host, ['sh', '-c', script, 'sh', log, ...openocd], AbortSignal.any([signal, limit]))).code
  } catch (error) {
    signal.throwIfAborted()
    if (!limit.aborted) throw error
  }
  const said = (await runOn(host, ['tail', '-c', String(keptLog), '--', log], AbortSignal.timeout(reading))).stdout
  signal.throwIfAborted()
  if (code === 127) throw new LabError('PlaceBroken', `Host ${host.name} has no command openocd; install it there.`)
  if (code === undefined) {
    const sentence = `OpenOCD on host ${host.name} did not come to its end within ${inSeconds(within)}, and was ended; it said ${lastSaid(said)}.`
    throw new LabError('PlaceBroken', sentence, { retryable: true })
  }
  const [isConfigured, isConnected, isDone] = steps.map((step) => said.includes(step))
  if (code === 0 && isDone) return { done: true }
  const how = isConnected ? 'connected' : isConfigured ? 'not connected' : 'not configured'
  return { done: false, how, why: `OpenOCD ended with code ${code} and said ${errorsIn(said)}` }
}

/** The error that a run which came to no good end is for people. @param what what it was for, as in "could not ..." */
export function openocdFault(host: HostLink, { how, why }: OpenocdEnd & { done: false }, what: string): LabError {
  const sentence = `Host ${host.name} could not ${what}: ${why}.`
  return new LabError('PlaceBroken', sentence, { retryable: how !== 'not configured' })
}

/** Its errors: what went wrong first, and what it ended with. */
function errorsIn(said: string): string {
  const errors = [...new Set([...said.matchAll(/\bError: (.*\S)/g)].map(([, words]) => words!))]
  if (errors.length === 0) return lastSaid(said)
  const half = shownErrors / 2
  const shown = errors.length <= shownErrors ? errors : [...errors.slice(0, half), ...errors.slice(-half)]
  return `"${shown.join(' / ')}"`
}

function lastSaid(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  const last = lines.filter((line) => line !== '' && !steps.includes(line)).slice(-2)
  return last.length === 0 ? 'nothing' : `"${last.join(' / ')}"`
}
