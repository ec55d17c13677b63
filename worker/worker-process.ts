import { openSync, closeSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LabError } from '../domain/errors.ts'

export interface WorkerProcess {
  pid: number
  ended: Promise<void>
  /** Asks it to shut down, waits, and kills it when it does not end by itself. */
  stop(): Promise<void>
}

/** The worker's own limit (grace, then force) is 20 s; what takes longer is stuck. */
const stopLimitMs = 25_000

/**
 * Starts `worker/main.ts` and waits until it polls. Its standard input is a pipe whose closing tells it that the
 * service has died: then it ends, and with it all that it guards.
 * @throws LabError ServerUnreachable when it ends before that.
 */
export async function startWorker(stateFolder: string, address: string, namespace: string): Promise<WorkerProcess> {
  const logFile = join(stateFolder, 'logs', 'worker.log')
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url)), address, namespace], {
    stdio: ['pipe', 'pipe', log],
  })
  closeSync(log)
  const ended = once(child, 'exit').then(() => {})
  const ready = once(createInterface({ input: child.stdout! }), 'line')
  await Promise.race([
    ready,
    ended.then(() => {
      throw new LabError('ServerUnreachable', `The worker ended before it was ready; its log is ${logFile}.`)
    }),
  ])
  return {
    pid: child.pid!,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
      await ended
      clearTimeout(limit)
    },
  }
}
