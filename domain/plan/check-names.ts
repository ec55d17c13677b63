import { axes, sections } from './axes.ts'
import type { Axis } from './axes.ts'
import type { Checked } from './check.ts'
import { nearest, suggest } from '../yaml/did-you-mean.ts'
import { entriesAt, itemsAt, textsAt, valueAt } from '../yaml/value-at.ts'
import type { Path } from '../yaml/yaml-text.ts'

/** What the omitted parts of a plan define, as the schema's defaults do. */
const implied: Partial<Record<Axis, string>> = { config: 'default', mode: 'default', target: 'qemu' }

/** @returns the names that a plan defines on an axis; undefined if that part is missing, misspelt or no map */
export function definedNames(root: unknown, axis: Axis): string[] | undefined {
  const section = sections[axis]
  if (valueAt(root, [section]) === undefined) {
    const misspelt = entriesAt(root, []).some(({ key }) => nearest(key, [section]) === section)
    return implied[axis] === undefined || misspelt ? undefined : [implied[axis]]
  }
  const names = entriesAt(root, [section]).map(({ key }) => key)
  return names.length === 0 ? undefined : names
}

/** Each name that a plan uses must be defined: axis values in the plan itself, probe groups and findings in hyplab. */
export function checkNames({ yaml: { value: root }, known, complain }: Checked): void {
  const checkAxes = (place: Path) => {
    for (const axis of axes) {
      const defined = definedNames(root, axis)
      const seen = new Set<string>()
      for (const { text, path } of textsAt(root, [...place, axis])) {
        if (defined !== undefined && !defined.includes(text))
          complain(path, `there is no ${axis} "${text}"`, suggest(text, defined))
        else if (seen.has(text)) complain(path, `"${text}" stands twice in this list`, 'name it once')
        seen.add(text)
      }
    }
  }
  checkAxes(['matrix'])
  for (const { path } of itemsAt(root, ['matrix', 'exclude'])) checkAxes(path)
  for (const { path } of itemsAt(root, ['matrix', 'include'])) checkAxes(path)

  const groups = new Set<string>()
  for (const { text, path } of textsAt(root, ['probes'])) {
    const group = text.split('.')[0] ?? ''
    if (known.findings.includes(text)) complain(path, `"${text}" is a finding, not a probe group`, `write ${group}`)
    else if (!known.groups.includes(text))
      complain(path, `there is no probe group "${text}"`, suggest(text, known.groups))
    else if (groups.has(text)) complain(path, `"${text}" stands twice in this list`, 'name it once')
    groups.add(text)
  }

  for (const expectation of itemsAt(root, ['expect'])) {
    checkAxes([...expectation.path, 'cells'])
    for (const { key, path } of entriesAt(root, [...expectation.path, 'findings'])) {
      const group = key.split('.')[0] ?? ''
      if (!known.findings.includes(key)) {
        complain(path, `there is no finding "${key}"`, suggest(key, known.findings), 'key')
      } else if (groups.size > 0 && !groups.has(group)) {
        complain(
          path,
          `"${key}" comes from the probe group "${group}", which is not in probes`,
          `add ${group} to probes`,
          'key',
        )
      }
    }
  }
}
