import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { LabError } from '../domain/errors.ts'
import { freePort } from '../host/free-port.ts'
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
  /** Asks it to end, waits, and kills it when it does not. */
  stop(): Promise<void>
}

/** It takes a second; what takes longer is stuck, and its database file does not need a clean end. */
const stopLimitMs = 10_000

export async function choosePorts(): Promise<DevServerPorts> {
  return { grpc: await freePort(), ui: await freePort() }
}

/**
 * Starts `temporal server start-dev` on a database file below the state folder, bound to our life, and waits until it
 * answers. What was running when it last died goes on from that file.
 * @throws LabError ServerUnreachable when it ends or does not answer within a minute.
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
      ...attributes,
    ],
    { logFile },
  )
  const dead = process.ended.then(({ code }) => {
    throw new LabError('ServerUnreachable', `The Temporal dev server ended with code ${code}; its log is ${logFile}.`)
  })
  try {
    await Promise.race([answering(`127.0.0.1:${ports.grpc}`, namespace, logFile), dead])
  } catch (error) {
    process.kill('SIGKILL')
    throw error
  }
  dead.catch(() => {})
  return { process, ports, stop: () => stop(process) }
}

async function stop(process: GuardedProcess): Promise<void> {
  process.kill('SIGTERM')
  const limit = setTimeout(() => process.kill('SIGKILL'), stopLimitMs)
  await process.ended
  clearTimeout(limit)
}

async function answering(address: string, namespace: string, logFile: string): Promise<void> {
  const until = Date.now() + 60_000
  for (;;) {
    let connection: Connection | undefined
    try {
      connection = await Connection.connect({ address, connectTimeout: '2s' })
      await connection.workflowService.describeNamespace({ namespace })
      return
    } catch (error) {
      if (Date.now() > until)
        throw new LabError(
          'ServerUnreachable',
          `The Temporal dev server does not answer on ${address}; its log is ${logFile}.`,
          { cause: error },
        )
      await new Promise((resolve) => setTimeout(resolve, 50))
    } finally {
      await connection?.close()
    }
  }
}
