import { entriesAt, textAt, textsAt, valueAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import { checkLimits } from './check-classes.ts'
import { checkConsoles } from './check-consoles.ts'
import { checkFlash } from './check-flash.ts'
import { checkMeaning, checkName, checkPattern, type Checked } from './check.ts'
import { isUBoot, loaderOf } from './loader-of.ts'

/** Places: what they name is defined, and each has what its kind needs. */
export function checkPlaces(checked: Checked): void {
  const { yaml, complain } = checked
  const root = yaml.value
  for (const { key: name, value, path } of entriesAt(root, ['places'])) {
    if (typeof value !== 'object' || value === null) continue
    checkName(checked, 'hosts', [...path, 'host'])
    checkName(checked, 'pdus', [...path, 'power', 'pdu'])
    checkLimits(checked, [...path, 'limits'])
    checkPattern(checked, [...path, 'health', 'says'])
    const tags = new Set<string>()
    for (const tag of textsAt(root, [...path, 'tags'])) {
      if (tags.has(tag.text)) complain(tag.path, `"${tag.text}" stands twice in this list`, 'name it once')
      tags.add(tag.text)
    }
    const kind = checkName(checked, 'classes', [...path, 'class'])
      ? valueAt(root, ['classes', textAt(root, [...path, 'class']) ?? '', 'kind'])
      : undefined
    if (kind === 'fvp') checkModel(checked, path, name)
    else {
      checkConsoles(checked, path, name, kind === 'board')
      checkFlash(checked, path)
    }
    if (kind === 'board') checkBoard(checked, path, name)
  }
}

/** A model is a program: its host starts and ends it, and its terminals are its consoles. */
function checkModel(checked: Checked, path: Path, name: string): void {
  checkMeaning(checked, path, ['power', 'flash', 'consoles'], `an FVP, which ${name} is by its class`)
  if (valueAt(checked.yaml.value, [...path, 'firmware']) === 'installed')
    checked.complain([...path, 'firmware'], 'an FVP has no firmware of its own', 'remove it: a model takes a stack')
}

function checkBoard({ yaml, complain }: Checked, path: Path, name: string): void {
  const root = yaml.value
  const keys = entriesAt(root, path).map(({ key }) => key)
  if (!keys.includes('power')) {
    const hint = 'add power: { pdu: ..., outlet: ... }, for a board that nobody can switch off is never free again'
    complain(path, `${name} has no power`, hint, 'key')
  }
  if (loaderOf(root, path) === 'uefi' && !keys.includes('flash')) {
    const hint = 'add flash: { uefi-http: ... }'
    complain(path, `${name} has no flash, and its UEFI shell must be told what to boot`, hint, 'key')
  }
  if (isUBoot(root, path) && !keys.includes('flash'))
    complain(path, `${name} has no flash, and its U-Boot must be told what to load`, 'add flash: { tftp: ... }', 'key')
}
