import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LabError } from '../domain/errors.ts'
import { ask, type Answer } from '../worker/control.ts'
import { controlSocket } from '../worker/service-file.ts'

/**
 * The service of this state folder, held until `close`: the one that runs, else a new one that ends when its last
 * holder has gone.
 * @throws LabError ServerUnreachable with the service's own words when it cannot start.
 */
export async function holdService(stateFolder: string, talk: (text: string) => void): Promise<Answer> {
  const socket = controlSocket(stateFolder)
  const running = await ask(socket, 'hold')
  if (running) return running
  talk('starting the Temporal server and a worker for this command')
  await launchService(stateFolder, 'while-used')
  const started = await ask(socket, 'hold')
  if (!started)
    throw new LabError(
      'ServerUnreachable',
      `The hyplab service ended again at once; its log is ${logFile(stateFolder)}.`,
    )
  return started
}

/** Starts the service in the background, in a session of its own, and returns when it is ready to work. */
export async function launchService(stateFolder: string, life: 'until-down' | 'while-used'): Promise<void> {
  mkdirSync(join(stateFolder, 'logs'), { recursive: true })
  const log = openSync(logFile(stateFolder), 'a')
  const from = readFileSync(logFile(stateFolder)).length
  const child = spawn(process.execPath, [fileURLToPath(new URL('../worker/service.ts', import.meta.url)), life], {
    detached: true,
    stdio: ['ignore', 'pipe', log],
    cwd: stateFolder,
  })
  closeSync(log)
  const said = child.stdout!
  const ready = once(createInterface({ input: said }), 'line').then(() => true)
  const ended = once(child, 'exit').then(() => false)
  const isReady = await Promise.race([ready, ended])
  said.destroy()
  child.unref()
  if (isReady) return
  // Another one may have been quicker; then ours ends with code 0 and theirs answers.
  if (child.exitCode === 0) return
  const why = readFileSync(logFile(stateFolder)).subarray(from).toString().trim()
  throw new LabError(
    'ServerUnreachable',
    why || `The hyplab service did not start; its log is ${logFile(stateFolder)}.`,
  )
}

function logFile(stateFolder: string): string {
  return join(stateFolder, 'logs', 'service.log')
}
