import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { HostLink } from '../../hosts/host-link.ts'
import { ConsoleFault, nameOfServer, sentence } from './console-fault.ts'
import type { ConsoleServer } from './console-source.ts'

/** Longer than any answer in a laboratory takes. */
const connectMs = 10_000
/** After that much silence the kernels ask each other whether they are still there, ten times, one second apart. */
const keepAliveMs = 10_000

/** What a machine answers for a server that is not there; one that ends resets what waits to be accepted. */
const refusals = new Map([
  ['ECONNREFUSED', 'refuses connections: it has died, or listens elsewhere'],
  ['ECONNRESET', 'reset the connection before it was made: it has just ended'],
])

/**
 * Connects to a console server, from this machine or from the host of a link.
 * @throws ConsoleFault `refused` or `unreachable`, in the link's words where there is one; the signal's reason when aborted
 */
export async function dial(server: ConsoleServer, link: HostLink | undefined, signal: AbortSignal): Promise<Duplex> {
  signal.throwIfAborted()
  if (link !== undefined) return await dialFrom(link, server, signal)
  const socket = connect({
    host: server.address,
    port: server.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
  })
  try {
    await connected(socket, signal)
    return socket
  } catch (cause) {
    socket.destroy()
    signal.throwIfAborted()
    const why = refusals.get((cause as NodeJS.ErrnoException).code ?? '')
    throw new ConsoleFault(
      why === undefined ? 'unreachable' : 'refused',
      `${sentence(nameOfServer(server))} ${why ?? `cannot be reached (${words(cause)})`}.`,
      { server, cause },
    )
  }
}

async function dialFrom(link: HostLink, server: ConsoleServer, signal: AbortSignal): Promise<Duplex> {
  try {
    return await link.connect(server.address, server.port, signal)
  } catch (cause) {
    signal.throwIfAborted()
    // sshd has no code for it: it passes the system's words on.
    const kind = /ECONNREFUSED|connection refused/i.test(words(cause)) ? 'refused' : 'unreachable'
    throw new ConsoleFault(kind, words(cause), { server, cause })
  }
}

async function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = () => reject(signal.reason as Error)
  const timer = setTimeout(() => reject(new Error(`no answer within ${connectMs / 1000} s`)), connectMs)
  signal.addEventListener('abort', abort, { once: true })
  socket.once('connect', resolve)
  // Stays: a socket that is destroyed while it connects may still fail.
  socket.on('error', reject)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    socket.removeListener('connect', resolve)
  }
}

function words(cause: unknown): string {
  const { message, code } = cause as NodeJS.ErrnoException
  return message || (code ?? 'no reason was given')
}
