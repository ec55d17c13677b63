import { once } from 'node:events'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { connect, type NetConnectOpts } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { LabError } from '../domain/errors.ts'
import { startGuarded, type GuardedProcess } from '../host/guarded-process.ts'
import { inOwnNetwork } from '../host/own-network.ts'
import { findProcesses } from '../host/process-identity.ts'
import { socketPath } from '../host/unix-socket.ts'
import { searchAttributes } from '../domain/naming.ts'

/** Where our own server is reached; kept over restarts, so that workers and clients find it again. */
export interface DevServerPorts {
  grpc: number
  ui: number
}

/** What is to be started, and where. */
export interface DevServerSettings {
  binary: string
  /** The state folder. */
  state: string
  namespace: string
  /** Whether it has its web UI. */
  ui: boolean
  /** Of 127.0.0.1; in a network of its own the ports of the doors to it. */
  ports: DevServerPorts
  /** How it gets a network of its own (host/own-network.ts); without, it listens in the host's. */
  through?: string[]
}

/** In a network of its own nobody else has these. */
const innerPorts: DevServerPorts = { grpc: 7233, ui: 8233 }
/** The Unix sockets in the state folder that lead into that network. */
export const innerSockets = { grpc: 'temporal.sock', ui: 'temporal-ui.sock' }

export interface DevServer {
  process: GuardedProcess
  /** Ends it. */
  stop(): Promise<void>
}

/** It takes a fraction of a second, and a minute beside busy compilers. */
const startLimitMs = 60_000

/** A killed process takes as long as its memory takes to be freed. */
const stopLimitMs = 5_000

/**
 * Starts `temporal server start-dev` on a database file below the state folder, bound to our life, and waits until it
 * answers. What was running when it last died goes on from that file.
 * @throws LabError ServerUnreachable when it ends or does not answer within a minute; retryable when it ended because
 * somebody else has one of its ports, which other ports may mend.
 */
export async function startDevServer(settings: DevServerSettings): Promise<DevServer> {
  const { state } = settings
  const logs = join(state, 'logs')
  await mkdir(logs, { recursive: true })
  const logFile = join(logs, 'temporal.log')
  const logged = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  )
  const [command = '', ...args] = commandLine(settings)
  const process = startGuarded(command, args, { logFile, cwd: state })
  const over = new AbortController()
  const dead = process.ended.then(async ({ code }) => {
    const said = lastMessage((await readFile(logFile)).subarray(logged).toString())
    const sentence = `The Temporal dev server ended with code ${code}${said && ` (${said})`}; its log is ${logFile}.`
    throw new LabError('ServerUnreachable', sentence, { retryable: said.includes('address already in use') })
  })
  try {
    await Promise.race([answering(settings, logFile, over.signal), dead])
  } catch (error) {
    process.kill('SIGKILL')
    throw error
  } finally {
    over.abort()
  }
  dead.catch(() => {})
  return { process, stop: () => stop(process, state) }
}

function commandLine({ binary, state, namespace, ui, ports, through }: DevServerSettings): string[] {
  const listens = through ? innerPorts : ports
  const server = [
    binary,
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    '--log-level=error',
    `--namespace=${namespace}`,
    `--port=${listens.grpc}`,
    ui ? `--ui-port=${listens.ui}` : '--headless',
    // Without being told so it has no WAL (Temporal CLI 1.9.1). WAL with synchronous=NORMAL loses nothing when a process
    // is killed, and waits for no disk: each transaction took a few fsyncs else, and a boot takes some fifty of them.
    `--db-filename=${join(state, 'temporal.db')}`,
    '--sqlite-pragma=journal_mode=wal',
    '--sqlite-pragma=synchronous=1',
    // A queue has four partitions by default, and one that nobody polls for five minutes is put away, tasks and all. Our
    // build worker polls one at a time, and none while it builds: after a long build the next waited for minutes.
    '--dynamic-config-value=matching.numTaskqueueReadPartitions=1',
    '--dynamic-config-value=matching.numTaskqueueWritePartitions=1',
    ...Object.entries(searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`),
  ]
  // Its database holds what runs: nobody else reads it.
  const closed = ['sh', '-c', 'umask 077; exec "$@"', 'sh', ...server]
  if (!through) return closed
  const relays = [{ port: innerPorts.grpc, socket: innerSockets.grpc }]
  if (ui) relays.push({ port: innerPorts.ui, socket: innerSockets.ui })
  return inOwnNetwork(through, relays, closed)
}

/** What it said last, in its log of one JSON document a line, or as the CLI says what is wrong; empty when it said nothing. */
function lastMessage(log: string): string {
  const line = log.trimEnd().split('\n').at(-1) ?? ''
  try {
    const { message, msg, error } = JSON.parse(line) as Record<string, unknown>
    return [error, message, msg].find((text) => typeof text === 'string') ?? line
  } catch {
    return line
  }
}

/** By force: when asked, it takes 1.2 s to end, and what it has answered is in its WAL, which needs no clean end. */
async function stop(process: GuardedProcess, state: string): Promise<void> {
  const { pgid } = process
  process.kill('SIGKILL')
  await process.ended
  // The guard is gone first; on a busy host the server needs a moment longer, and the next one wants its ports and database.
  const lives = () => findProcesses((seen) => seen.pgid === pgid).length > 0
  for (const until = Date.now() + stopLimitMs; lives() && Date.now() < until;) await delay(10)
  for (const name of Object.values(innerSockets)) await rm(join(state, name), { force: true })
}

/** Asks until the server answers; gives up without a word when nobody waits any longer. */
async function answering(
  { state, namespace, ports, through }: DevServerSettings,
  logFile: string,
  over: AbortSignal,
): Promise<void> {
  const at = through ? { path: socketPath(state, innerSockets.grpc) } : { port: ports.grpc, host: '127.0.0.1' }
  const address = `127.0.0.1:${ports.grpc}`
  for (const until = Date.now() + startLimitMs; !over.aborted; await delay(10)) {
    try {
      await speaks(at)
      return await answers(address, namespace)
    } catch (error) {
      if (Date.now() < until) continue
      const sentence = `The Temporal dev server does not answer on ${address}; its log is ${logFile}.`
      throw new LabError('ServerUnreachable', sentence, { cause: error })
    }
  }
}

/** How a client of HTTP/2 begins: the preface and empty settings (RFC 9113, 3.4). A server answers with its own. */
const greeting = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')

/**
 * gRPC waits a second after a connection that was refused, and the server listens after a tenth of that. A relay takes each
 * connection, so that only an answer shows that there is a server behind it.
 */
async function speaks(at: NetConnectOpts): Promise<void> {
  const socket = connect(at)
  try {
    socket.write(greeting)
    const closed = once(socket, 'close').then(() => Promise.reject(new Error('it closed the connection')))
    closed.catch(() => {})
    await Promise.race([once(socket, 'data'), closed])
  } finally {
    socket.destroy()
  }
}

async function answers(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2s' })
  try {
    await connection.workflowService.describeNamespace({ namespace })
  } finally {
    await connection.close()
  }
}
