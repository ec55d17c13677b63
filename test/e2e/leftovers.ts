import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { awaited, processesOf } from './processes.ts'

/** What keeps running while a service is up. */
const ofService = /worker\/(service|main)\.ts|server start-dev|socat UNIX-LISTEN:temporal/

/**
 * Nothing of attempts and builds is left: no process, no claim on a place that is not given back, no file that was half
 * written, no folder of an attempt or a build. flock(2) locks die with their processes, so none is left either.
 * @param service whether the service itself may go on
 */
export async function expectNothingLeft(stateFolder: string, { service = false } = {}): Promise<void> {
  const ours = () =>
    processesOf(stateFolder)
      .filter(({ commandLine }) => !service || !ofService.test(commandLine))
      .map(({ pid, commandLine }) => `${pid} ${commandLine}`)
  // A process that was sent SIGKILL, or is the last of a service, needs a moment to go.
  await awaited('all processes have gone', 15, () => (ours().length === 0 ? true : undefined)).catch(() => {
    expect(ours()).toEqual([])
  })
  expect(filesBelow(join(stateFolder, 'attempts'))).toEqual([])
  expect(filesBelow(join(stateFolder, 'builds'))).toEqual([])
  expect(filesBelow(join(stateFolder, 'artifacts', 'incoming'))).toEqual([])
  expect(filesBelow(stateFolder).filter((name) => /\.part$|(^|\/)draft\./.test(name))).toEqual([])
  expect(heldClaims(stateFolder)).toEqual([])
}

/** The claims on places whose owners have not given them back. */
export function heldClaims(stateFolder: string): string[] {
  const folder = join(stateFolder, 'places')
  return filesBelow(folder).filter((name) => {
    const { released } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { released: boolean }
    return !released
  })
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
