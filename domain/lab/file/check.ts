import { nearest, suggest } from '../../yaml/did-you-mean.ts'
import { entriesAt, valueAt } from '../../yaml/value-at.ts'
import type { LocatedYaml, Path } from '../../yaml/yaml-text.ts'

/** What a check of a lab's file looks at, and how it complains. */
export interface Checked {
  yaml: LocatedYaml
  /** Reports a mistake at the value, or at the key, that stands at `path`. */
  complain: (path: Path, message: string, hint: string, part?: 'key' | 'value') => void
}

/** What a lab's file gives names to, and the word for one of each. */
const sections = { hosts: 'host', pdus: 'PDU', classes: 'class' } as const
type Section = keyof typeof sections

/** The machine that hyplab runs on, which every lab has. */
export const here = 'here'

/** @returns the names that the file defines; undefined where that part is misspelt or no map, and nothing can be said */
export function definedNames(root: unknown, section: Section): string[] | undefined {
  const given = valueAt(root, [section])
  if (given === undefined) {
    const misspelt = entriesAt(root, []).some(({ key }) => nearest(key, [section]) === section)
    if (misspelt) return undefined
  } else if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
  const names = entriesAt(root, [section]).map(({ key }) => key)
  return section === 'hosts' ? [here, ...names] : names
}

/** Complains of a name that is used at `path` and defined nowhere. @returns whether it is defined */
export function checkName({ yaml: { value: root }, complain }: Checked, section: Section, path: Path): boolean {
  const used = valueAt(root, path)
  const defined = definedNames(root, section)
  if (typeof used !== 'string' || defined === undefined) return false
  if (defined.includes(used)) return true
  const hint = defined.length === 0 ? `write it under ${section}` : suggest(used, defined)
  complain(path, `there is no ${sections[section]} "${used}"`, hint)
  return false
}

/**
 * Complains unless just one of `ways` is among the keys at `path`.
 * @param lack what is wrong when there is none
 * @returns the way that is taken
 */
export function checkOneOf<Way extends string>(
  { yaml: { value: root }, complain }: Checked,
  path: Path,
  ways: readonly Way[],
  others: readonly string[],
  lack: string,
): Way | undefined {
  const value = valueAt(root, path)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const keys = Object.keys(value)
  const [way, second] = ways.filter((one) => keys.includes(one))
  if (way === undefined) {
    // A key that nobody knows is likely the way, misspelt, and is reported as such.
    const known: readonly string[] = [...ways, ...others]
    if (keys.every((key) => known.includes(key))) complain(path, lack, `add ${listOf(ways)}`, 'key')
    return undefined
  }
  if (second !== undefined) {
    complain([...path, second], `"${way}" and "${second}" are two ways for one thing`, 'keep one of them', 'key')
    return undefined
  }
  return way
}

/** Complains of each key at `path` that has no meaning beside the way that was taken. */
export function checkMeaning(
  { yaml: { value: root }, complain }: Checked,
  path: Path,
  keys: string[],
  of: string,
): void {
  for (const key of keys) {
    if (valueAt(root, [...path, key]) === undefined) continue
    complain([...path, key], `"${key}" has no meaning for ${of}`, 'remove it', 'key')
  }
}

/** Complains of a regular expression that is none, or that fits everything. */
export function checkPattern({ yaml: { value: root }, complain }: Checked, path: Path): void {
  const pattern = valueAt(root, path)
  if (typeof pattern !== 'string' || pattern === '') return
  try {
    if (!new RegExp(pattern, 'm').test('')) return
    complain(path, `"${pattern}" fits any text, even an empty one`, 'name something that must be there')
  } catch (error) {
    const why = String(error instanceof Error ? error.message : error).replace(/^.*: /s, '')
    complain(
      path,
      `"${pattern}" is no regular expression: ${why.toLowerCase()}`,
      'a \\ before ( [ { . * + ? makes it literal',
    )
  }
}

/** @returns a sentence's list: `a, b or c` */
export function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
