import { once } from 'node:events'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { LabError } from '../domain/errors.ts'
import { isFreePort } from '../host/free-port.ts'
import { startGuarded, type GuardedProcess } from '../host/guarded-process.ts'
import { searchAttributes } from '../domain/naming.ts'

/** Where our own server listens; kept over restarts, so that workers and clients find it again. */
export interface DevServerPorts {
  grpc: number
  ui: number
}

export interface DevServer {
  process: GuardedProcess
  ports: DevServerPorts
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
export async function startDevServer(
  binary: string,
  stateFolder: string,
  namespace: string,
  ports: DevServerPorts,
): Promise<DevServer> {
  const logs = join(stateFolder, 'logs')
  await mkdir(logs, { recursive: true })
  const logFile = join(logs, 'temporal.log')
  const logged = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  )
  const attributes = Object.entries(searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`)
  const process = startGuarded(
    binary,
    [
      'server',
      'start-dev',
      `--ip=127.0.0.1`,
      '--log-level=error',
      `--namespace=${namespace}`,
      `--port=${ports.grpc}`,
      `--ui-port=${ports.ui}`,
      // Without being told so it has no WAL (Temporal CLI 1.9.1). WAL with synchronous=NORMAL loses nothing when a process
      // is killed, and waits for no disk: each transaction took a few fsyncs else, and a boot takes some fifty of them.
      `--db-filename=${join(stateFolder, 'temporal.db')}`,
      '--sqlite-pragma=journal_mode=wal',
      '--sqlite-pragma=synchronous=1',
      // A queue has four partitions by default, and one that nobody polls for five minutes is put away, tasks and all. Our
      // build worker polls one at a time, and none while it builds: after a long build the next waited for minutes.
      '--dynamic-config-value=matching.numTaskqueueReadPartitions=1',
      '--dynamic-config-value=matching.numTaskqueueWritePartitions=1',
      ...attributes,
    ],
    { logFile },
  )
  const over = new AbortController()
  const dead = process.ended.then(async ({ code }) => {
    const said = lastMessage((await readFile(logFile)).subarray(logged).toString())
    const sentence = `The Temporal dev server ended with code ${code}${said && ` (${said})`}; its log is ${logFile}.`
    throw new LabError('ServerUnreachable', sentence, { retryable: said.includes('address already in use') })
  })
  try {
    await Promise.race([answering(ports.grpc, namespace, logFile, over.signal), dead])
  } catch (error) {
    process.kill('SIGKILL')
    throw error
  } finally {
    over.abort()
  }
  dead.catch(() => {})
  return { process, ports, stop: () => stop(process, ports) }
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
async function stop(process: GuardedProcess, { grpc }: DevServerPorts): Promise<void> {
  process.kill('SIGKILL')
  await process.ended
  // The guard is gone first; on a busy host the server needs a moment longer, and the next one wants its ports.
  for (const until = Date.now() + stopLimitMs; !(await isFreePort(grpc)) && Date.now() < until;) await delay(10)
}

/** Asks until the server answers; gives up without a word when nobody waits any longer. */
async function answering(port: number, namespace: string, logFile: string, over: AbortSignal): Promise<void> {
  for (const until = Date.now() + startLimitMs; !over.aborted; await delay(10)) {
    try {
      await connects(port)
      return await answers(`127.0.0.1:${port}`, namespace)
    } catch (error) {
      if (Date.now() < until) continue
      const sentence = `The Temporal dev server does not answer on 127.0.0.1:${port}; its log is ${logFile}.`
      throw new LabError('ServerUnreachable', sentence, { cause: error })
    }
  }
}

/** gRPC waits a second after a connection that was refused, and the server listens after a tenth of that. */
async function connects(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
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
