import { Composer, isAlias, isMap, isNode, isScalar, Lexer, LineCounter, Parser, visit } from 'yaml'
import type { CST, Document, DocumentOptions, ParseOptions, SchemaOptions } from 'yaml'
import { resolveAliases, type Aliases } from './aliases.ts'
import type { LocatedError, Position } from './located-error.ts'
import { locate, type Places } from './locate.ts'
import { unreadable, type TextMistake } from './readable.ts'
import { syntaxMistake } from './syntax-mistake.ts'

export type { Path } from './locate.ts'

/** A file's text as values that know their place. */
export interface LocatedYaml extends Places {
  value: unknown
}

/** How the text is to be read, where it is not one of ours: `schema: 'yaml-1.1'`, tags that mean something. */
export type Dialect = ParseOptions & DocumentOptions & SchemaOptions

/** Aliases make small files of large ones, and a file that fills the memory of few lines. No lab has so many values. */
const mostValues = 2_000_000

/** No file of ours is nested deeper than ten levels; the library recurses, and would end for want of a stack. */
const mostLevels = 100

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
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const located = ({ offset, message, hint }: TextMistake): LocatedError => ({ file, ...at(offset), message, hint })
  const wrong = unreadable(content)
  if (wrong !== undefined) {
    for (const { index } of content.matchAll(/^/gm)) lines.addNewLine(index)
    return { errors: [located(wrong)] }
  }
  const options = {
    lineCounter: lines,
    stringKeys: true,
    merge: true,
    schema: 'core',
    resolveKnownTags: false,
  } as const
  const { document, second, deep } = compose(content, lines, { ...options, ...dialect })
  if (deep !== undefined) {
    const message = `this is nested more than ${mostLevels} levels deep`
    return { errors: [located({ offset: deep, message, hint: `no ${kind} needs that: look for brackets too many` })] }
  }
  const said = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    code,
    message,
    offset: pos[0],
  }))
  if (second !== undefined) said.push({ code: 'MULTIPLE_DOCS', message: '', offset: second })
  const broken = said.filter(({ code }) => code !== 'DUPLICATE_KEY')
  const fatal = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY') || second !== undefined
  // What the library says after the first mistake is mostly of that one, too.
  const told = fatal ? broken.toSorted((one, other) => one.offset - other.offset).slice(0, 1) : said
  const errors = told.map((one) => located(syntaxMistake(one, content, kind)))
  if (fatal) return { errors }
  const reserved = protoKeys(document)
  if (reserved.length > 0) return { errors: [...errors, ...reserved.map(located)] }
  const { aliases, bad } = resolveAliases(document)
  if (bad.length > 0) {
    return { errors: [...errors, ...bad.map(located)] }
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

/** The first document of a text; where a second begins, and where it is nested too deeply, which ends the reading. */
function compose(
  text: string,
  lines: LineCounter,
  options: Dialect,
): { document: Document.Parsed; second?: number; deep?: number } {
  let deep: number | undefined
  function* tokens(): Generator<CST.Token, void> {
    const parser = new Parser(lines.addNewLine)
    lines.addNewLine(0)
    for (const lexeme of new Lexer().lex(text)) {
      if (parser.stack.length > mostLevels) {
        deep = parser.offset
        return
      }
      yield* parser.next(lexeme)
    }
    yield* parser.end()
  }
  let document: Document.Parsed | undefined
  for (const each of new Composer({ ...options, logLevel: 'error' }).compose(tokens(), true, text.length)) {
    if (document !== undefined) return { document, second: each.range[0] }
    document = each
  }
  // `compose` gives a document even of an empty text.
  return { document: document!, ...(deep !== undefined && { deep }) }
}

/** A key that objects have already: who looks for it finds it everywhere, and schemas drop it without a word. */
function protoKeys(document: Document.Parsed): TextMistake[] {
  const found: TextMistake[] = []
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__')
        found.push({
          offset: key.range?.[0] ?? 0,
          message: 'nothing can be named __proto__',
          hint: 'choose another name',
        })
    },
  })
  return found
}
