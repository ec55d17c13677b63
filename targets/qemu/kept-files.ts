import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../../domain/world.ts'
import { qemuChannels, recordChannel } from './channels.ts'
import { swtpmLog } from './swtpm.ts'
import { tracePath } from './tracer.ts'

/** A file that tells of an attempt, and who spoke there when it is a console of one world. */
export interface AttemptFile {
  name: string
  path: string
  world: World | null
}

/**
 * The files in an attempt's folder that tell of it, under the names that they are kept by: raw consoles with their time
 * indexes, the record channel, the SMC trace, the TPM's log, the ACPI tables that it was announced with. The folder alone
 * says which there are, so that it is the same whoever closes the attempt.
 */
export function filesOfAttempt(folder: string): AttemptFile[] {
  const consoles = qemuChannels
    .filter(({ name }) => name !== recordChannel)
    .flatMap(({ name, worlds }): AttemptFile[] => [
      { name: `console/${name}`, path: rawFile(folder, name), world: worlds.length === 1 ? worlds[0]! : null },
      { name: `console/${name}.times`, path: join(folder, 'consoles', `${name}.times`), world: null },
    ])
  const others = [
    { name: 'records', path: rawFile(folder, recordChannel), world: null },
    { name: 'smc', path: tracePath({ folder }), world: null },
    { name: 'swtpm.log', path: swtpmLog(folder), world: null },
  ]
  return [...consoles, ...others, ...acpiTables(folder)].filter(({ path }) => existsSync(path))
}

function rawFile(folder: string, channel: string): string {
  return join(folder, 'consoles', `${channel}.raw`)
}

function acpiTables(folder: string): AttemptFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.aml'))
    .map((name) => ({ name: `acpi/${name.slice(0, -'.aml'.length)}`, path: join(folder, name), world: null }))
}
