import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { startGuarded, wasKilled } from '../../host/guarded-process.ts'
import { capture, type Capture } from './capture.ts'
import { channelArguments, isConsole, qemuChannels, sockets } from './channels.ts'
import { FifoChannel, makeFifos } from './fifo-channel.ts'
import { bareArguments, qemu } from './machine.ts'
import { awaitGone } from './power-off.ts'
import { Qmp } from './qmp.ts'

/** A QEMU that has not run an instruction yet, or is running; every one of its channels is being captured. */
export interface Machine {
  pgid: number
  qmp: Qmp
  captures: Capture[]
  /** Resolves when QEMU has gone and everything that it had said is on disk. @throws LabError DiskFull */
  gone: Promise<{ code: number }>
  /** Ends QEMU by force. */
  kill(): void
  /** The last lines that QEMU itself, not the target, complained in; one line, empty when none. */
  complaint(): Promise<string>
}

/** QEMU greets after some ten milliseconds; on a host that is swapping it may take seconds. */
const greetingMs = 60_000

/** startGuarded gives its channels from this file descriptor on: the text channels' sockets, then QMP. */
const firstFd = 4
/** QEMU's file descriptor of the first socket that is handed on to it. */
export const inheritedFd = firstFd + sockets.length + 1

/**
 * Starts QEMU paused, with all channels attached and QMP ready.
 * @param folder the attempt's folder: `consoles/` and `qemu.log` are made in it
 * @param machine QEMU's arguments for the machine
 * @param token stands on QEMU's command line as its name
 * @param inherit sockets that are handed on to QEMU, from `inheritedFd` on
 * @param reader gets each chunk of each channel after it is on disk
 * @param signal aborting ends what was started
 * @throws LabError TargetBroken when QEMU is missing or ends before it is ready, with what it said itself (retryable when
 *   the host was short of something or QEMU was killed); BadInput when the folder holds an attempt already
 */
export async function launchQemu(
  folder: string,
  machine: string[],
  token: string,
  inherit: Socket[],
  reader: (channel: string, chunk: Uint8Array) => void,
  signal: AbortSignal,
): Promise<Machine> {
  const logFile = join(folder, 'qemu.log')
  const consoles = newFolder(join(folder, 'consoles'))
  await makeFifos(qemuChannels.filter(isConsole).map(({ name }) => join(consoles, name)))
  const args = [...bareArguments, '-name', token, '-S', ...machine, ...channelArguments(consoles, firstFd)]
  const guarded = startGuarded(qemu, args, { logFile, channels: sockets.length + 1, inherit })
  const qmpSocket = guarded.channels[sockets.length]
  if (!qmpSocket)
    throw new LabError('TargetBroken', 'QEMU could not be started: this host has no file or process to spare.')
  const qmpClosed = new Promise<void>((resolve) => qmpSocket.once('close', () => resolve()))
  const kill = (): void => guarded.kill('SIGKILL')
  const complaint = (): Promise<string> => lastLines(logFile)
  const qmp = new Qmp(qmpSocket)
  try {
    await qmp.open(AbortSignal.any([signal, AbortSignal.timeout(greetingMs)]))
  } catch {
    if (signal.aborted) kill()
    await awaitGone({ gone: guarded.ended, kill })
    const { code } = await guarded.ended
    signal.throwIfAborted()
    throw notReady(code, await complaint())
  }
  try {
    // QEMU has opened its ends by now, and the machine stands still until it is told to run.
    const captures = qemuChannels.map((channel) => {
      const { name } = channel
      const ours = isConsole(channel)
        ? new FifoChannel(join(consoles, name))
        : guarded.channels[sockets.indexOf(channel)]!
      return capture(consoles, name, ours, (chunk) => reader(name, chunk))
    })
    const gone = whenGone([qmpClosed, ...captures.map((channel) => channel.closed)], guarded.ended, kill)
    return { pgid: guarded.pgid, qmp, captures, gone, kill, complaint }
  } catch (error) {
    kill()
    await guarded.ended
    throw error
  }
}

/**
 * When all channels have closed and the process has gone. A channel that cannot be kept ends the process: an attempt with
 * half of its consoles is worth nothing.
 */
async function whenGone(
  channels: Promise<void>[],
  ended: Promise<{ code: number }>,
  kill: () => void,
): Promise<{ code: number }> {
  for (const channel of channels) channel.catch(kill)
  const kept = await Promise.allSettled(channels)
  const end = await ended
  const broken = kept.find((channel) => channel.status === 'rejected')
  if (broken) throw broken.reason
  return end
}

/** An attempt is written once: consoles of another one are never added to. */
function newFolder(path: string): string {
  try {
    mkdirSync(path)
    return path
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    const why = exists ? 'it holds the consoles of another attempt' : 'it cannot be written'
    throw new LabError(
      'BadInput',
      `No attempt can be kept in ${path}: ${why}. Give each attempt a folder of its own.`,
      { cause },
    )
  }
}

/** What a host says that is short of something, which another attempt may find it has: strerror(3). */
const shortage = /Cannot allocate memory|Resource temporarily unavailable|Too many open files|No space left on device/

function notReady(code: number, complaint: string): LabError {
  if (code === 127) {
    const sentence = `${qemu} could not be started (${complaint || 'not found'}): install it or put it on PATH.`
    return new LabError('TargetBroken', sentence)
  }
  const killed = wasKilled(code)
  const why = complaint === '' ? `${killed ? `signal ${code - 128}` : `exit code ${code}`}, without a word` : complaint
  const sentence = `QEMU ended before the target was powered on: ${why}`
  return new LabError('TargetBroken', sentence, { retryable: killed || shortage.test(complaint) })
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-5).join(' / ')
}
