import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../domain/errors.ts'
import { defaultRules, type KeepRules } from '../domain/keep/keep-rules.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import { FileMemo } from '../host/file-memo.ts'
import type { Folders } from '../host/folders.ts'
import { readInput } from '../host/read-input.ts'

const read = new FileMemo<KeepRules>()

/** Where the admin says what is kept: in the state folder, which is what the rules are about. */
export function keepFileOf({ state }: Pick<Folders, 'state'>): string {
  return join(state, 'keep.yaml')
}

/**
 * What the lab keeps, as its admin says; what holds by itself where there is no file. It is read again when it has changed.
 * @throws LabError LabInvalid with every mistake on a line of its own; BadInput when it cannot be read
 */
export async function readKeepRules(folders: Pick<Folders, 'state'>): Promise<KeepRules> {
  const path = keepFileOf(folders)
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new LabError('BadInput', `${path} cannot be read (${error.code}): make it readable, or remove it.`)
  })
  if (there === undefined) return defaultRules
  return await read.of(path, 'rules', async () => {
    const text = readInput(path, 'make it readable, or remove it')
    // Loaded here, because most labs have no such file and every boot asks.
    const { parseKeep } = await import('../domain/keep/parse-keep.ts')
    const parsed = parseKeep(text, path)
    if (!parsed.ok) throw mistaken('LabInvalid', parsed.errors)
    return parsed.rules
  })
}
