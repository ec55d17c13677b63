import type { Checked } from './check.ts'
import { entriesAt, itemsAt, textsAt } from '../yaml/value-at.ts'
import type { Path } from '../yaml/yaml-text.ts'

const kinds = ['debian', 'deb', 'tarball', 'tree', 'git'] as const

/** What else a location of each kind has: a key that it needs, or `newest` in its place, and keys that it may have. */
const partners: Record<(typeof kinds)[number], { needs?: string; may: string[] }> = {
  debian: { needs: 'version', may: ['sha256'] },
  deb: { needs: 'version', may: ['sha256'] },
  tarball: { may: ['sha256'] },
  // A tree is named by its own content, a commit by its id: neither has a download to check.
  tree: { may: [] },
  git: { needs: 'ref', may: [] },
}

const partnerKeys = ['version', 'ref', 'newest', 'sha256']

/** Words that people write for y, m and n. Each would be taken for the text of a string symbol. */
const slips: Record<string, string> = {
  yes: 'y',
  on: 'y',
  true: 'y',
  no: 'n',
  off: 'n',
  false: 'n',
  module: 'm',
  mod: 'm',
}

/** Locations, symbols and modules of kernels and configs: what the shape alone cannot say. */
export function checkKernels(checked: Checked): void {
  const root = checked.yaml.value
  for (const { path } of entriesAt(root, ['kernels'])) {
    for (const location of itemsAt(root, [...path, 'source'])) {
      if (typeof location.value === 'object') checkLocation(checked, location.path)
    }
    checkSymbols(checked, [...path, 'symbols'])
  }
  for (const { path } of entriesAt(root, ['configs'])) {
    checkSymbols(checked, [...path, 'symbols'])
    const seen = new Set<string>()
    for (const module of textsAt(root, [...path, 'modules'])) {
      if (seen.has(module.text))
        checked.complain(module.path, `the module "${module.text}" is loaded twice`, 'name it once')
      seen.add(module.text)
    }
  }
}

function checkLocation({ yaml: { value: root }, complain }: Checked, path: Path): void {
  const keys = entriesAt(root, path).map(({ key }) => key)
  const given = kinds.filter((kind) => keys.includes(kind))
  const [kind, second] = given
  if (kind === undefined) {
    const guessing = keys.some((key) => !partnerKeys.includes(key))
    // A misspelt kind is reported as an unknown key.
    if (!guessing)
      complain(path, 'this location does not say where the source is', 'add debian, deb, tarball, tree or git')
    return
  }
  if (second !== undefined) {
    complain(
      [...path, second],
      `"${kind}" and "${second}" are two locations in one`,
      'write two list entries, tried in order',
      'key',
    )
    return
  }
  const { needs, may } = partners[kind]
  const unknown = keys.filter((key) => ![...kinds, ...partnerKeys].includes(key))
  const newest = needs !== undefined && keys.includes('newest')
  // With an unknown key beside it, that key is the likelier mistake and is reported already.
  if (needs !== undefined && !keys.includes(needs) && !newest && unknown.length === 0)
    complain(path, `a ${kind} location needs "${needs}"`, `add ${needs}: ...`)
  if (newest && keys.includes(needs))
    complain([...path, 'newest'], `"${needs}" and "newest" are two answers`, 'leave one of them out', 'key')
  for (const key of partnerKeys) {
    if (!keys.includes(key) || key === needs || (key === 'newest' && newest)) continue
    if (key === 'sha256' && newest)
      complain(
        [...path, key],
        'the newest of several has no sha256 that is known',
        'remove it, or name one version',
        'key',
      )
    else if (!may.includes(key))
      complain([...path, key], `"${key}" has no meaning for a ${kind} location`, 'remove it', 'key')
  }
}

function checkSymbols({ yaml: { value: root }, complain }: Checked, path: Path): void {
  for (const symbol of entriesAt(root, path)) {
    const text = typeof symbol.value === 'string' ? symbol.value : undefined
    const slip =
      text === undefined
        ? undefined
        : (slips[text.toLowerCase()] ?? (/^[YMN]$/.test(text) ? text.toLowerCase() : undefined))
    if (slip !== undefined) {
      complain(
        symbol.path,
        `"${text}" is no value that Kconfig knows`,
        `${symbol.key}: ${slip}, or '"${text}"' if the text itself is meant`,
      )
    }
  }
}
