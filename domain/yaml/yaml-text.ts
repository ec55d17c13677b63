import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Document, DocumentOptions, ErrorCode, ParseOptions, SchemaOptions } from 'yaml'
import { resolveAliases, type Aliases } from './aliases.ts'
import type { LocatedError, Position } from './located-error.ts'
import { locate, type Places } from './locate.ts'

export type { Path } from './locate.ts'

/** A file's text as values that know their place. */
export interface LocatedYaml extends Places {
  value: unknown
}

/** How the text is to be read, where it is not one of ours: `schema: 'yaml-1.1'`, tags that mean something. */
export type Dialect = ParseOptions & DocumentOptions & SchemaOptions

/** Aliases make small files of large ones, and a file that fills the memory of few lines. No lab has so many values. */
const mostValues = 2_000_000

const syntaxHint = 'look at brackets, quotes and indentation, here and on the line before'

/** Better words for the mistakes that people make most; the library's own for the others. */
const wordsOf = (kind: string): Partial<Record<ErrorCode, [message: string, hint: string]>> => ({
  TAG_RESOLVE_FAILED: [`tags (!name) have no meaning in a ${kind}`, 'remove it, or put the text in quotes'],
  MULTIPLE_DOCS: ['a second YAML document begins here', `one file holds one ${kind}`],
  TAB_AS_INDENT: ['a tab is used as indentation', 'YAML wants spaces'],
  BLOCK_AS_IMPLICIT_KEY: ['there is a second ": " on this line', 'put quotes around text that contains ": "'],
  NON_STRING_KEY: ['a key is a list or a map', 'keys are plain words'],
})

/**
 * Reads YAML 1.2 (core schema, so `y`, `n`, `yes` and `on` stay text; keys are always text, so `6.10:` is not `6.1`).
 * Anchors, aliases and merge keys (`<<`) work, however many aliases there are. `yaml` is absent when the text is so broken
 * that more messages about its content would only mislead.
 *
 * @param kind what the file is, in a word for people, e.g. `plan`
 */
export function readYaml(
  text: string,
  file: string,
  kind: string,
  dialect: Dialect = {},
): { yaml?: LocatedYaml; errors: LocatedError[] } {
  // A byte order mark is no column.
  const content = text.replace(/^\uFEFF/, '')
  const lines = new LineCounter()
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, merge: true, schema: 'core' } as const
  const document = parseDocument(content, { ...options, ...dialect, logLevel: 'error' })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const words = wordsOf(kind)
  const errors = [...document.errors, ...document.warnings].map((error): LocatedError => {
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
  const { aliases, bad } = resolveAliases(document)
  if (bad.length > 0) {
    return { errors: [...errors, ...bad.map(({ offset, ...said }) => ({ file, ...at(offset), ...said }))] }
  }
  const values = countValues(document, aliases)
  if (values > mostValues) {
    const message = `its aliases make ${values === Infinity ? 'endlessly many' : values} values of this file`
    const hint = `a ${kind} may have ${mostValues}; use fewer aliases of aliases`
    return { errors: [...errors, { file, line: 1, column: 1, message, hint }] }
  }
  // The library's own limit counts aliases, and an anchor that 500 places share is no attack.
  const value: unknown = document.toJS({ maxAliasCount: -1 })
  return { yaml: { value, ...locate(document, aliases, at) }, errors }
}

/** How many values there are for whoever follows each alias. */
function countValues(document: Document.Parsed, aliases: Aliases): number {
  const counted = new Map<unknown, number>()
  const count = (node: unknown): number => {
    if (isAlias(node)) return count(aliases.get(node))
    const known = counted.get(node)
    if (known !== undefined) return known
    let sum = 1
    if (isNode(node) && !isScalar(node) && 'items' in node) {
      for (const item of node.items) sum += isMap(node) ? count((item as { value: unknown }).value) : count(item)
    }
    counted.set(node, sum)
    return sum
  }
  return count(document.contents)
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
