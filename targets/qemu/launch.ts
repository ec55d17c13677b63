import { mkdir, readFile, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { LabError } from '../../domain/errors.ts'
import { startGuarded, wasKilled } from '../../host/guarded-process.ts'
import type { MachineSetup } from '../../domain/machine-setup.ts'
import { isConsole } from '../lines.ts'
import type { Line } from '../powered.ts'
import { channelArguments, channelsOf, sockets } from './channels.ts'
import { FifoChannel, pipesRefused, withPipes } from './fifo-channel.ts'
import { bareArguments, qemu } from './machine.ts'
import { awaitGone } from './power-off.ts'
import { Qmp } from './qmp.ts'
import type { Machine } from './running-machine.ts'

/** QEMU greets after some ten milliseconds; on a host that is swapping it may take seconds. */
const greetingMs = 60_000

/** startGuarded gives its channels from this file descriptor on: the text channels' sockets, then QMP. */
const firstFd = 4
/** QEMU's file descriptor of the first socket that is handed on to it. */
export const inheritedFd = firstFd + sockets.length + 1

/** What a launch needs beside the machine's arguments. */
export interface LaunchOrder {
  /** The attempt's folder: `qemu.log` is made in it. */
  folder: string
  /** On which UARTs the stack speaks. */
  consoles: MachineSetup['consoles']
  /** Stands on QEMU's command line as its name. */
  token: string
  /** Sockets that are handed on to QEMU, from `inheritedFd` on. */
  inherit: Socket[]
}

/**
 * Starts QEMU paused, with all channels attached and QMP ready.
 * @param machine QEMU's arguments for the machine
 * @param signal aborting ends what was started
 * @throws LabError TargetBroken when QEMU is missing or ends before it is ready, with what it said itself (retryable when
 *   the host was short of something or QEMU was killed); BadInput when the stack speaks on a UART that there is not
 */
export async function launchQemu(order: LaunchOrder, machine: string[], signal: AbortSignal): Promise<Machine> {
  const { folder, consoles, token, inherit } = order
  const logFile = join(folder, 'qemu.log')
  const channels = channelsOf(consoles)
  const pipes = join(folder, 'pipes')
  await mkdir(pipes, { recursive: true })
  const machineArgs = [
    ...bareArguments,
    '-name',
    token,
    '-S',
    ...machine,
    ...channelArguments(channels, pipes, firstFd),
  ]
  const consoleNames = channels.filter(isConsole).map(({ name }) => name)
  const { command, args } = withPipes(pipes, consoleNames, [qemu, ...machineArgs])
  const guarded = startGuarded(command, args, { logFile, channels: sockets.length + 1, inherit })
  const qmpSocket = guarded.channels[sockets.length]
  if (!qmpSocket)
    throw new LabError('TargetBroken', 'QEMU could not be started: this host has no file or process to spare.')
  const qmpClosed = closeOf(qmpSocket)
  const kill = (): void => guarded.kill('SIGKILL')
  const complaint = (): Promise<string> => lastLines(logFile)
  const qmp = new Qmp(qmpSocket)
  try {
    await qmp.open(AbortSignal.any([signal, AbortSignal.timeout(greetingMs)]))
  } catch {
    if (signal.aborted) kill()
    await awaitGone({ gone: guarded.ended, kill })
    const { code } = await guarded.ended
    await rm(pipes, { recursive: true })
    signal.throwIfAborted()
    throw notReady(code, await complaint())
  }
  try {
    // QEMU has opened its ends by now, and the machine stands still until it is told to run.
    const lines = channels.map((channel): Line => {
      const { name, worlds } = channel
      const ours = isConsole(channel) ? new FifoChannel(join(pipes, name)) : guarded.channels[sockets.indexOf(name)]!
      // A reset is how a killed QEMU hangs up; what it had said before was read.
      ours.on('error', () => undefined)
      return { name, worlds, stream: ours }
    })
    await rm(pipes, { recursive: true })
    const closed = [qmpClosed, ...lines.map(({ stream }) => closeOf(stream))]
    const gone = Promise.all(closed).then(() => guarded.ended)
    return { pgid: guarded.pgid, qmp, lines, gone, kill, complaint }
  } catch (error) {
    kill()
    await guarded.ended
    throw error
  }
}

/** Resolves when a stream has closed, however. */
function closeOf(stream: Duplex): Promise<void> {
  return new Promise((resolve) => stream.once('close', () => resolve()))
}

/** What a host says that is short of something, which another attempt may find it has: strerror(3). */
const shortage = /Cannot allocate memory|Resource temporarily unavailable|Too many open files|No space left on device/

function notReady(code: number, complaint: string): LabError {
  if (code === 127) {
    const sentence = `${qemu} could not be started (${complaint || 'not found'}): install it or put it on PATH.`
    return new LabError('TargetBroken', sentence)
  }
  const killed = wasKilled(code)
  if (pipesRefused(complaint)) {
    const sentence = `The pipes for the consoles cannot be made: ${complaint}`
    return new LabError('TargetBroken', sentence, { retryable: shortage.test(complaint) })
  }
  const why = complaint === '' ? `${killed ? `signal ${code - 128}` : `exit code ${code}`}, without a word` : complaint
  const sentence = `QEMU ended before the target was powered on: ${why}`
  return new LabError('TargetBroken', sentence, { retryable: killed || shortage.test(complaint) })
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.slice(-5).join(' / ')
}
