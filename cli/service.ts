import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, closeSync, constants, mkdirSync, openSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LabError } from '../domain/errors.ts'
import { isDiskFull } from '../host/disk.ts'
import { diskFull, fileFailure } from '../host/file-failure.ts'
import { foldersFrom, makeStateFolder } from '../host/folders.ts'
import { askService } from '../control/ask-service.ts'
import type { Answer } from '../control/control-socket.ts'
import type { ServiceFacts } from '../control/service-file.ts'

/** As often may a service that somebody else stops meanwhile be started again before the command gives up. */
const starts = 3

/**
 * The service of this state folder, held until `close`: the one that runs, else a new one that ends when its last
 * holder has gone.
 * @throws LabError ServerUnreachable with the service's own words when it cannot start, or is suspended or stuck.
 */
export async function holdService(stateFolder: string, talk: (text: string) => void): Promise<Answer> {
  const { answer } = await askOrLaunch(stateFolder, 'hold', 'while-used', () =>
    talk('starting the Temporal server and a worker for this command'),
  )
  return answer
}

/**
 * As `holdService`, for a command that ends before its run: the service stays until somebody stops it, also one that
 * another command brought for itself.
 * @throws LabError ServerUnreachable with the service's own words when it cannot start.
 */
export async function holdLastingService(stateFolder: string, talk: (text: string) => void): Promise<Answer> {
  const { started } = await keepService(stateFolder)
  if (started) talk('started the Temporal server and a worker: they run until `hyplab down`')
  return await holdService(stateFolder, talk)
}

/**
 * The service of this state folder, which from now on runs until somebody stops it; `started` when none ran.
 * @throws LabError ServerUnreachable with the service's own words when it cannot start.
 */
export async function keepService(stateFolder: string): Promise<{ facts: ServiceFacts; started: boolean }> {
  const { answer, started } = await askOrLaunch(stateFolder, 'keep', 'until-down')
  await answer.close()
  return { facts: answer.facts, started }
}

/**
 * What a command that follows a run says when there is no service, or none any longer: it would follow for ever.
 * @returns LabError DiskFull when that is why it ended, else ServerUnreachable
 */
export async function nobodyWorksOn(run: number, stateFolder: string): Promise<LabError> {
  const goesOn = `\`hyplab up\` lets run ${run} go on`
  if (await isDiskFull(stateFolder))
    return new LabError(
      'DiskFull',
      `The disk that holds ${stateFolder} is full, and no service runs: free some space there, then ${goesOn}.`,
    )
  return new LabError(
    'ServerUnreachable',
    `No service runs, so nothing works on run ${run}: \`hyplab up\` lets it go on.`,
  )
}

/** What a service answers, and whether it had to be started for that. One that ends meanwhile answers nothing. */
async function askOrLaunch(
  stateFolder: string,
  question: 'hold' | 'keep',
  life: ServiceFacts['life'],
  launching: () => void = () => {},
): Promise<{ answer: Answer; started: boolean }> {
  let letGo: () => void = () => {}
  for (let launched = 0; ; launched++) {
    const answer = await askService(stateFolder, question)
    letGo()
    const trouble = answer?.facts.worker.trouble
    if (answer && trouble !== undefined) {
      await answer.close()
      throw new LabError('ServerUnreachable', trouble)
    }
    if (answer) return { answer, started: launched > 0 }
    if (launched === starts) break
    if (launched === 0) launching()
    letGo = await launchService(stateFolder, life)
  }
  throw new LabError(
    'ServerUnreachable',
    `The hyplab service was started ${starts} times and ended again each time; its log is ${logFile(stateFolder)}.`,
  )
}

/**
 * Starts the service in the background, in a session of its own, and waits until it is ready to work.
 * @returns lets go of it: a `while-used` service ends then, or when we die before, unless somebody holds it.
 */
async function launchService(stateFolder: string, life: ServiceFacts['life']): Promise<() => void> {
  const log = openLog(stateFolder)
  const from = readFileSync(logFile(stateFolder)).length
  const child = spawn(process.execPath, [fileURLToPath(new URL('../worker/service.ts', import.meta.url)), life], {
    detached: true,
    stdio: ['pipe', 'pipe', log],
    cwd: stateFolder,
    // A relative path would mean something else in that folder.
    env: { ...process.env, HYPLAB_STATE: stateFolder, HYPLAB_CACHE: foldersFrom().cache },
  })
  closeSync(log)
  const said = child.stdout!
  const ready = once(createInterface({ input: said }), 'line').then(() => true)
  const ended = once(child, 'exit').then(() => false)
  const isReady = await Promise.race([ready, ended])
  said.destroy()
  child.unref()
  const lifeline = child.stdin! as Socket
  lifeline.unref()
  // Another one may have been quicker; then ours ends with code 0 and theirs answers.
  if (isReady || child.exitCode === 0) return () => void lifeline.destroy()
  const why = readFileSync(logFile(stateFolder)).subarray(from).toString().trim()
  // What it wanted to say may not have fitted, or is what SQLite or the server make of a full disk.
  if (await isDiskFull(stateFolder)) throw diskFull(new Error(why || 'it said nothing'), stateFolder)
  throw new LabError(
    'ServerUnreachable',
    why || `The hyplab service did not start; its log is ${logFile(stateFolder)}.`,
  )
}

/** @throws LabError DiskFull or StoreBroken when nothing can be written to the state folder */
function openLog(stateFolder: string): number {
  try {
    makeStateFolder(stateFolder)
    mkdirSync(join(stateFolder, 'logs'), { recursive: true, mode: 0o700 })
    return openSync(logFile(stateFolder), 'a', 0o600)
  } catch (error) {
    throw fileFailure(whyNotWritable(stateFolder) ?? error, stateFolder)
  }
}

/** The system's error; mkdir of Node 24 says ENOENT of what it cannot make on a read-only file system. */
function whyNotWritable(folder: string): unknown {
  try {
    accessSync(folder, constants.W_OK)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : error
  }
}

function logFile(stateFolder: string): string {
  return join(stateFolder, 'logs', 'service.log')
}
