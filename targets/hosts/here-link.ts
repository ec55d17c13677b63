import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { connect as connectTo, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { LabError } from '../../domain/errors.ts'
import { startGuarded, type GuardedOptions, type GuardedProcess } from '../../host/guarded-process.ts'
import { seeProcess } from '../../host/process-identity.ts'
import { run } from '../../host/run.ts'
import { sha256File } from '../../host/sha256.ts'
import type { HostCommand, HostLink } from './host-link.ts'
import { goOn, leaderWords, readLeader } from './leader.ts'
import { quoteWords } from './quote-words.ts'
import { keepTail } from './tail.ts'

/** The machine that hyplab runs on, as a host of a lab. */
export function hereLink(): HostLink {
  const started = new Set<HostCommand>()
  const sockets = new Set<Socket>()
  const name = 'here'
  return {
    name,
    run: ([program = '', ...args], signal) => run(program, args, { signal }),
    async start(words, { terminal }, signal) {
      signal.throwIfAborted()
      const command = terminal ? await startOnTerminal(words, signal) : startPlain(words)
      started.add(command)
      void command.ended.finally(() => started.delete(command)).catch(() => undefined)
      return command
    },
    async connect(address, port, signal) {
      const socket = await connectHere(address, port, signal)
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
    put: putHere,
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all([...started].map((command) => command.kill()))
    },
  }
}

function startPlain(words: string[]): HostCommand {
  return asCommand(startGuarded('/bin/sh', ['-c', 'exec "$@" <&4 >&4 4<&-', 'sh', ...words], guardedOptions()))
}

/**
 * util-linux' script gives the terminal. The command is in a session of its own there, beyond the guard's reach: it ends
 * when the terminal hangs up, which the kernel sees to when script is gone, and by its process id when it is killed by us.
 */
async function startOnTerminal(words: string[], signal: AbortSignal): Promise<HostCommand> {
  const nonce = randomUUID()
  const leader = `exec ${quoteWords(leaderWords(nonce, words, 'stty raw -echo; '))}`
  const script = ['script', '--quiet', '--return', '--flush', '--echo', 'never', '--command', leader, '/dev/null']
  const guarded = startGuarded(
    '/bin/sh',
    ['-c', 'exec "$@" <&4 >&4 4<&-', 'sh', ...script],
    guardedOptions({ SHELL: '/bin/sh' }),
  )
  const abort = (): void => guarded.kill('SIGKILL')
  signal.addEventListener('abort', abort, { once: true })
  const command = asCommand(guarded)
  const { pid, said } = await readLeader(command.stream, nonce)
  signal.removeEventListener('abort', abort)
  signal.throwIfAborted()
  if (pid === undefined) {
    const { stderr } = await command.ended
    throw new LabError('PlaceBroken', `No terminal could be made here for ${words[0]}: ${said || stderr.trim()}.`)
  }
  const start = seeProcess(pid)?.start
  command.stream.write(goOn)
  return {
    ...command,
    async kill() {
      // One that does not heed the hang-up; known by its start, for the number may be another's by now.
      if (start !== undefined && seeProcess(pid)?.start === start) killGroup(pid)
      await command.kill()
    },
  }
}

function guardedOptions(env: Record<string, string> = {}): GuardedOptions {
  return { channels: 1, env: { ...(process.env as Record<string, string>), LC_ALL: 'C', ...env } }
}

function asCommand(guarded: GuardedProcess): HostCommand {
  const [stream] = guarded.channels
  if (!stream) throw new LabError('PlaceBroken', 'This host has no file or process to spare.', { retryable: true })
  // That it was reset tells no more than that it ended.
  stream.on('error', () => undefined)
  const errors = keepTail(guarded.child.stderr)
  return {
    stream,
    ended: Promise.all([guarded.ended, errors]).then(([{ code }, stderr]) => ({ code, stderr })),
    async kill() {
      guarded.kill('SIGKILL')
      await guarded.ended
      stream.destroy()
    },
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function connectHere(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  return await new Promise((resolve, reject) => {
    const socket = connectTo({ host: address, port, noDelay: true })
    const abort = (): void => void socket.destroy(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    const fail = (cause: Error): void => {
      signal.removeEventListener('abort', abort)
      const sentence = `Nothing can be connected to at ${address}:${port}: ${cause.message}.`
      reject(
        signal.aborted ? (signal.reason as Error) : new LabError('PlaceBroken', sentence, { retryable: true, cause }),
      )
    }
    socket.once('error', fail)
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort)
      socket.off('error', fail)
      // From here on its end is what tells; a socket without a listener would end the process.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

async function putHere(from: string, to: string, signal: AbortSignal): Promise<string> {
  const part = `${to}.part`
  try {
    const wanted = await sha256File(from)
    await pipeline(createReadStream(from), createWriteStream(part), { signal })
    await settle(part)
    const read = await sha256File(part)
    signal.throwIfAborted()
    if (read !== wanted) throw new Error(`it reads back with sha256 ${read}, not ${wanted}`)
    await rename(part, to)
    return wanted
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined)
    signal.throwIfAborted()
    throw new LabError('PlaceBroken', `${from} could not be put to ${to}: ${(cause as Error).message}.`, { cause })
  }
}

/** Readable for the daemon that serves it, and on the disk before its name is: a power cut would else leave the name alone. */
async function settle(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.chmod(0o644)
    await file.sync()
  } finally {
    await file.close()
  }
}
