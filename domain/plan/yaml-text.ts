import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Document, ErrorCode, Pair } from 'yaml'
import type { PlanError, Position } from './plan-error.ts'

/** Where in the plan: keys of maps and indexes of lists, from the root. */
export type Path = readonly (string | number)[]

/** A plan's text as values that know their place. */
export interface LocatedYaml {
  value: unknown
  /** @returns where the value at `path` stands (or its key); the nearest parent when the path itself does not exist */
  where(path: Path, part?: 'key' | 'value'): Position
  /** @returns the scalar at `path` as it was written, e.g. `0x1000` where the value is 4096 */
  source(path: Path): string | undefined
}

/** Better words for the mistakes that people make most; the library's own for the others. */
const words: Partial<Record<ErrorCode, [message: string, hint: string]>> = {
  TAG_RESOLVE_FAILED: ['tags (!name) have no meaning in a plan', 'remove it, or put the text in quotes'],
  MULTIPLE_DOCS: ['a second YAML document begins here', 'one file holds one plan'],
  TAB_AS_INDENT: ['a tab is used as indentation', 'YAML wants spaces'],
  BLOCK_AS_IMPLICIT_KEY: ['there is a second ": " on this line', 'put quotes around text that contains ": "'],
  NON_STRING_KEY: ['a key is a list or a map', 'keys are plain words'],
}

const syntaxHint = 'look at brackets, quotes and indentation, here and on the line before'

/**
 * Reads YAML 1.2 (core schema, so `y`, `n`, `yes` and `on` stay text; keys are always text, so `6.10:` is not `6.1`).
 * Anchors, aliases and merge keys (`<<`) work. `yaml` is absent when the text is so broken that more messages about its
 * content would only mislead.
 */
export function readYaml(text: string, file: string): { yaml?: LocatedYaml; errors: PlanError[] } {
  // A byte order mark is no column.
  const content = text.replace(/^\uFEFF/, '')
  const lines = new LineCounter()
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, merge: true, schema: 'core' } as const
  const document = parseDocument(content, { ...options, logLevel: 'error' })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const errors = [...document.errors, ...document.warnings].map((error): PlanError => {
    const [offset] = error.pos
    const [message, hint] = words[error.code] ?? [lowerFirst(error.message), syntaxHint]
    if (error.code !== 'DUPLICATE_KEY') return { file, ...at(offset), message, hint }
    const [key = ''] = /^[^\s:]*/.exec(content.slice(offset)) ?? []
    return {
      file,
      ...at(offset),
      message: `the key ${key} stands twice in this map`,
      hint: 'merge the two or rename one',
    }
  })
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return { errors }
  const bad = badAliases(document)
  if (bad.length > 0) {
    return { errors: [...errors, ...bad.map(({ offset, ...said }) => ({ file, ...at(offset), ...said }))] }
  }
  try {
    return { yaml: { value: document.toJS(), ...locator(document, at) }, errors }
  } catch (error) {
    // What is left: so many aliases that the text would explode.
    const message = lowerFirst(error instanceof Error ? error.message : String(error))
    return { errors: [...errors, { file, line: 1, column: 1, message, hint: 'use fewer aliases' }] }
  }
}

/** Aliases that name nothing or what they are part of, and merges of what is no map: the library throws, or never ends. */
function badAliases(document: Document.Parsed): { offset: number; message: string; hint: string }[] {
  const bad: { offset: number; message: string; hint: string }[] = []
  visit(document, {
    Alias(_key, alias, ancestors) {
      const offset = alias.range?.[0] ?? 0
      const target = alias.resolve(document)
      if (target === undefined) {
        const hint = `write &${alias.source} at an earlier value, or put the text in quotes`
        bad.push({ offset, message: `no anchor "&${alias.source}" stands before this alias`, hint })
      } else if (ancestors.some((ancestor) => ancestor === target)) {
        const hint = 'name something that ends before it'
        bad.push({ offset, message: `the alias "*${alias.source}" is inside the very thing that it names`, hint })
      }
    },
    Pair(_key, pair) {
      if (!isMergeKey(pair)) return
      const merged = isAlias(pair.value) ? pair.value.resolve(document) : pair.value
      const maps = isSeq(merged)
        ? merged.items.map((item) => (isAlias(item) ? item.resolve(document) : item))
        : [merged]
      // An alias that names nothing is reported as such.
      if (maps.every((map) => isMap(map) || map === undefined)) return
      const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0
      bad.push({
        offset,
        message: '"<<" merges something that is no map',
        hint: 'give it an alias of a map, e.g. <<: *base',
      })
    },
  })
  return bad
}

function locator(document: Document.Parsed, at: (offset: number) => Position): Omit<LocatedYaml, 'value'> {
  const follow = (node: unknown) => (isAlias(node) ? node.resolve(document) : node)
  const step = (node: unknown, key: string | number): { key: unknown; value: unknown } | undefined => {
    if (isSeq(node) && typeof key === 'number') return { key: node.items[key], value: node.items[key] }
    if (!isMap(node)) return undefined
    const pairs: Pair[] = node.items
    const own = pairs.findLast((pair) => isScalar(pair.key) && pair.key.value === key)
    if (own !== undefined) return own
    // Not a key of its own: it may have come through a merge key.
    const merged = pairs
      .filter((pair) => isScalar(pair.key) && pair.key.source === '<<')
      .map((pair) => follow(pair.value))
    const maps = merged.flatMap((value) => (isSeq(value) ? value.items.map(follow) : [value]))
    return maps.map((map) => step(map, key)).find((found) => found !== undefined)
  }
  const offset = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined)
  return {
    where(path, part = 'value') {
      let node: unknown = document.contents
      let place = offset(node) ?? 0
      for (const [index, key] of path.entries()) {
        const found = step(follow(node), key)
        if (found === undefined) break
        const wanted = index === path.length - 1 && part === 'key' ? found.key : found.value
        place = offset(wanted) ?? offset(found.key) ?? place
        node = found.value
      }
      return at(place)
    },
    source(path) {
      let node: unknown = document.contents
      for (const key of path) node = step(follow(node), key)?.value
      const scalar = follow(node)
      return isScalar(scalar) ? scalar.source : undefined
    },
  }
}

function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN'
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
