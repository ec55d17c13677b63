import type { core, z } from 'zod'
import { nearest, suggest } from './did-you-mean.ts'
import type { LocatedError } from './located-error.ts'
import { valueAt } from './value-at.ts'
import type { LocatedYaml, Path } from './yaml-text.ts'

type Issue = core.$ZodIssue

/** The kind of file whose shape is checked. */
export interface Shape {
  schema: z.ZodType
  /** The file in a word for people: `plan`, `lab`. */
  kind: string
  /** The page that explains it. */
  page: string
  /** Keys that stand beside free ones, so that one of them that is misspelt looks like a free one. */
  besideFree?: readonly string[]
  /** Whether what stands there must not be shown to anyone: a secret that does not belong into the file. */
  isHidden?(path: Path): boolean
}

/**
 * @returns what is wrong with the shape of a file: unknown and missing keys, wrong types, values that no key allows. The
 * schema's own messages have the form `what is wrong; what would be right`, and that about unknown keys holds the keys
 * that would be right.
 */
export function shapeErrors(shape: Shape, yaml: LocatedYaml, file: string): LocatedError[] {
  const result = shape.schema.safeParse(yaml.value)
  return result.success ? [] : new ShapeErrors(shape, yaml, file).fromIssues(result.error.issues, [])
}

class ShapeErrors {
  readonly #shape: Shape
  readonly #yaml: LocatedYaml
  readonly #file: string

  constructor(shape: Shape, yaml: LocatedYaml, file: string) {
    this.#shape = shape
    this.#yaml = yaml
    this.#file = file
  }

  /** @param base where the issues' paths start: those of an alternative of a union are relative */
  fromIssues(issues: Issue[], base: Path): LocatedError[] {
    return issues.flatMap((issue) => {
      const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
      const value = this.#valueAt(path)
      if (value === undefined && ['invalid_type', 'invalid_value', 'invalid_union'].includes(issue.code)) {
        return this.#missing(path, issues, base)
      }
      switch (issue.code) {
        case 'unrecognized_keys':
          // The schema puts the keys that would be right into the message.
          return issue.keys.map((key) => this.#unknownKey(path, key, issue.message.split(' ')))
        case 'invalid_key':
          return issue.issues.map(({ message }) =>
            this.#report(path, `${quote(String(path.at(-1)))} ${message}`, 'key'),
          )
        case 'invalid_union':
          return this.#fromUnion(issue, path)
        case 'invalid_type':
          return [this.#wrongType(path, [typeWord(issue.expected)], issue.message)]
        case 'invalid_value': {
          if (issue.message.includes('; ')) return [this.#report(path, `${this.#show(path)} ${issue.message}`)]
          const hint = suggest(typeof value === 'string' ? value : '', issue.values.map(String))
          return [this.#report(path, `${this.#show(path)} is not right here; ${hint}`)]
        }
        default:
          return [this.#report(path, `${this.#show(path)} ${ownWords(issue)}`)]
      }
    })
  }

  /** Of the alternatives, the one that has the value's own type says what is wrong; with none, the type is wrong. */
  #fromUnion(issue: core.$ZodIssueInvalidUnion, path: Path): LocatedError[] {
    const isText = typeof this.#valueAt(path) === 'string'
    const isTypeError = ({ code, path: at }: Issue) =>
      at.length === 0 && (code === 'invalid_type' || (code === 'invalid_value' && !isText))
    const fitting = issue.errors.find((alternative) => !alternative.some(isTypeError))
    if (fitting !== undefined) return this.fromIssues(fitting, path)
    const wanted = issue.errors.flat().flatMap((one) => {
      if (one.code === 'invalid_type') return typeWord(one.expected)
      return one.code === 'invalid_value' ? one.values.map(String) : 'text'
    })
    return [this.#wrongType(path, [...new Set(wanted)], issue.message)]
  }

  #missing(path: Path, siblings: Issue[], base: Path): LocatedError[] {
    const parent = path.slice(0, -1)
    const key = String(path.at(-1))
    const typo = Object.keys(this.#valueAt(parent) ?? {}).find((other) => nearest(other, [key]) === key)
    const reported = siblings.some(
      (other) =>
        other.code === 'unrecognized_keys' &&
        [...base, ...other.path].join('\n') === parent.join('\n') &&
        other.keys.some((unknown) => unknown === typo),
    )
    // A misspelt key is one mistake, not an unknown key and a missing one.
    if (reported) return []
    if (typo !== undefined && this.#shape.besideFree?.includes(key)) return [this.#unknownKey(parent, typo, [key])]
    const { page } = this.#shape
    return [this.#report(parent, `missing key "${key}" in ${this.#label(parent)}; add ${key}: ..., see ${page}`, 'key')]
  }

  #unknownKey(path: Path, key: string, right: string[]): LocatedError {
    return this.#report([...path, key], `unknown key "${key}" in ${this.#label(path)}; ${suggest(key, right)}`, 'key')
  }

  #wrongType(path: Path, wanted: string[], said: string): LocatedError {
    if (said.includes('; ')) return this.#report(path, `${this.#show(path)} ${said}`)
    const value = this.#valueAt(path)
    const bare = !this.#shape.isHidden?.(path) && (typeof value === 'number' || typeof value === 'boolean')
    const written = bare ? (this.#yaml.source(path) ?? String(value)) : ''
    const is = bare ? `the ${typeof value} ${written}` : typeOf(value)
    const quoted = bare && wanted.includes('text') ? `, in quotes: '${written}'` : ''
    const count = typeof value === 'string' && /^\d+$/.test(value) && wanted.some((word) => word.endsWith('number'))
    const unquoted = count && !this.#shape.isHidden?.(path) ? `, without quotes: ${value}` : ''
    // Who wrote a whole file that is no map may not know what one is.
    const page = path.length === 0 ? `, lines of key: value, see ${this.#shape.page}` : ''
    return this.#report(
      path,
      `${this.#label(path)} is ${is}; it would be ${wanted.join(' or ')}${quoted}${unquoted}${page}`,
    )
  }

  /** A short value speaks for itself, anything else by its place. */
  #show(path: Path): string {
    const value = this.#shape.isHidden?.(path) ? undefined : this.#valueAt(path)
    if (typeof value === 'string') return quote(value)
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : this.#label(path)
  }

  #label(path: Path): string {
    return path.length === 0 ? `the ${this.#shape.kind}` : label(path)
  }

  #valueAt(path: Path): unknown {
    return valueAt(this.#yaml.value, path)
  }

  /** @param said `what is wrong; what would be right`, the form that the schema's own messages have */
  #report(path: Path, said: string, part: 'key' | 'value' = 'value'): LocatedError {
    const [message = '', ...hint] = said.split('; ')
    return { file: this.#file, ...this.#yaml.where(path, part), message, hint: hint.join('; ') }
  }
}

/** A text as it is shown: a long one by its beginning. */
function quote(text: string): string {
  return `"${text.length > 24 ? `${text.slice(0, 20)}...` : text}"`
}

/** What a schema says without words of ours: of sizes, in the library's own terms. */
function ownWords(issue: Issue): string {
  if (!issue.message.startsWith('Too ')) return issue.message
  if (issue.code === 'too_big')
    return issue.origin === 'string' || issue.origin === 'array'
      ? `is too long; ${issue.maximum} at most`
      : `is too large; ${issue.maximum} at most`
  if (issue.code === 'too_small')
    return issue.origin === 'array' ? 'is an empty list; one entry at least' : `is too small; ${issue.minimum} at least`
  return issue.message
}

function typeWord(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    int: 'a whole number',
    number: 'a number',
    object: 'a map',
    record: 'a map',
    array: 'a list',
    boolean: 'true or false',
  }
  return words[expected] ?? expected
}

function typeOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return 'text'
}

/** @returns a path as people read it: `matrix.kernel[0]` */
function label(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`)).join('')
}
