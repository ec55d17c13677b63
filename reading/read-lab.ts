import { parseLab } from '../domain/lab/file/parse-lab.ts'
import type { Inventory } from '../domain/lab/inventory.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import { labFiles } from '../host/lab-files.ts'
import { readInput } from '../host/read-input.ts'

/**
 * Reads and checks a lab's file.
 * @throws LabError LabInvalid with every mistake on a line of its own, `file:line:column: what; how to mend it`;
 * BadInput when the file cannot be read.
 */
export function readLabFile(path: string): Inventory {
  // Errors name the file as the user did.
  const parsed = parseLab(
    readInput(path, 'name a lab that is there; docs/running-a-lab.md has one to begin with'),
    path,
    labFiles,
  )
  if (!parsed.ok) throw mistaken('LabInvalid', parsed.errors)
  return parsed.lab
}
