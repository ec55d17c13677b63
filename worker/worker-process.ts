import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LabError } from '../domain/errors.ts'

export interface WorkerProcess {
  pid: number
  ended: Promise<void>
  /** Asks it to shut down, waits, and kills it when it does not end by itself. */
  stop(): Promise<void>
}

/** What a process that ended said at last: the message of its error, without the stack. */
export function lastWords(log: string): string {
  const said = log
    .split('\n')
    .findLast((line) => /^(\w*Error|Error \[\w+\]|\w*Error \[\w+\]|fatal|FATAL)\b.*: /.test(line))
  const words = said?.replace(/^[^:]*: /, '').trim() ?? ''
  if (words === '') return 'it ended without a word.'
  return /[.!?]$/.test(words) ? words : `${words}.`
}

/** The worker's own limit (grace, then force) is 20 s; what takes longer is stuck. */
const stopLimitMs = 25_000

/**
 * Starts `worker/main.ts` and waits until it polls. Its standard input is a pipe whose closing tells it that the
 * service has died: then it ends, and with it all that it guards.
 * @throws LabError ServerUnreachable when it ends before that, with what it said.
 */
export async function startWorker(stateFolder: string, address: string, namespace: string): Promise<WorkerProcess> {
  const program = fileURLToPath(new URL('main.ts', import.meta.url))
  // Node would say that it cannot find a module.
  if (!existsSync(program))
    throw new LabError(
      'ServerUnreachable',
      `The checkout of this service is no longer at ${dirname(dirname(program))}: \`hyplab down\` there where it is now, then \`hyplab up\`.`,
    )
  const logFile = join(stateFolder, 'logs', 'worker.log')
  const log = openSync(logFile, 'a', 0o600)
  const from = statSync(logFile).size
  const child = spawn(process.execPath, [program, address, namespace], {
    stdio: ['pipe', 'pipe', log],
  })
  closeSync(log)
  const ended = once(child, 'exit').then(() => {})
  const ready = once(createInterface({ input: child.stdout! }), 'line')
  await Promise.race([
    ready,
    ended.then(() => {
      const why = lastWords(readFileSync(logFile).subarray(from).toString())
      throw new LabError('ServerUnreachable', `The worker did not start: ${why} Its log is ${logFile}.`)
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
