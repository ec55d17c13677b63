import type { LocatedError } from '../../yaml/located-error.ts'
import { inReadingOrder } from '../../yaml/located-error.ts'
import { shapeErrors } from '../../yaml/shape-errors.ts'
import { readYaml } from '../../yaml/yaml-text.ts'
import type { Inventory } from '../inventory.ts'
import { checkClasses } from './check-classes.ts'
import { checkHosts } from './check-hosts.ts'
import { checkPdus } from './check-pdus.ts'
import { checkPlaces } from './check-places.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkWiring } from './check-wiring.ts'
import type { Checked } from './check.ts'
import { readLab } from './read-lab.ts'
import type { LabFiles } from './reading.ts'
import { labFile, labShape } from './schema.ts'

/** A lab, or everything that is wrong with its file, in reading order. */
export type ParsedLab = { ok: true; lab: Inventory } | { ok: false; errors: LocatedError[] }

/**
 * Reads and checks a lab's file. All mistakes are reported at once: each part is checked on its own, so that one mistake
 * does not hide another, and a mistake that follows from another is not reported again. No message shows what may be a
 * secret.
 *
 * @param text the file, YAML 1.2
 * @param file its name, for messages and as the place from which its paths start
 */
export function parseLab(text: string, file: string, files: LabFiles): ParsedLab {
  const { yaml, errors } = readYaml(text, file, 'lab')
  if (yaml === undefined) return { ok: false, errors: inReadingOrder(errors, file) }
  if (yaml.value === null || yaml.value === undefined) {
    const hint = 'it needs at least classes and places, see docs/running-a-lab.md'
    return { ok: false, errors: [...errors, { file, line: 1, column: 1, message: 'the lab is empty', hint }] }
  }
  const checked: Checked = {
    yaml,
    complain: (path, message, hint, part) => errors.push({ file, ...yaml.where(path, part), message, hint }),
  }
  errors.push(...shapeErrors(labShape, yaml, file))
  for (const check of [checkHosts, checkPdus, checkSecrets, checkClasses, checkPlaces, checkWiring]) check(checked)
  if (errors.length > 0) return { ok: false, errors: inReadingOrder(errors, file) }
  return { ok: true, lab: readLab(labFile.parse(yaml.value), yaml, file, files) }
}
