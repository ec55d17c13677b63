import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { awaited, processesOf } from './processes.ts'

/** What keeps running while a service is up. */
const ofService = /worker\/(service|main)\.ts|server start-dev|socat UNIX-LISTEN:temporal/

export interface Expected {
  /** Whether the service itself may go on. */
  service?: boolean
}

/**
 * Nothing of attempts and builds is left: no process, no claim on a place that is not given back, no file that was half
 * written, no folder of an attempt or a build. flock(2) locks die with their processes, so none is left either.
 * @throws Error that names what is left
 */
export async function expectNothingLeft(stateFolder: string, expected: Expected = {}): Promise<void> {
  // A process that was sent SIGKILL, or is the last of a service, needs a moment to go.
  await awaited('all processes have gone', 60, () =>
    processesLeft(stateFolder, expected).length === 0 ? true : undefined,
  ).catch(() => undefined)
  const left = leftBehind(stateFolder, expected)
  if (left.length > 0) throw new Error(`Left in ${stateFolder}:\n${left.join('\n')}`)
}

/** What is there at this moment of all that should not be: one line each. */
export function leftBehind(stateFolder: string, expected: Expected = {}): string[] {
  return [
    ...processesLeft(stateFolder, expected).map((line) => `process ${line}`),
    ...['attempts', 'builds', join('artifacts', 'incoming')].flatMap((folder) =>
      filesBelow(join(stateFolder, folder)).map((name) => `file ${join(folder, name)}`),
    ),
    ...filesBelow(stateFolder)
      .filter((name) => /\.part$|(^|\/)draft\./.test(name))
      .map((name) => `half-written file ${name}`),
    ...heldClaims(stateFolder).map((name) => `held claim ${name}`),
  ]
}

/** The claims on places whose owners have not given them back. */
export function heldClaims(stateFolder: string): string[] {
  const folder = join(stateFolder, 'places')
  return filesBelow(folder)
    .filter((name) => name.endsWith('.claim'))
    .filter((name) => {
      const { released } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { released: boolean }
      return !released
    })
}

function processesLeft(stateFolder: string, { service = false }: Expected): string[] {
  return processesOf(stateFolder)
    .filter(({ commandLine }) => !service || !ofService.test(commandLine))
    .map(({ pid, commandLine }) => `${pid} ${commandLine}`)
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
