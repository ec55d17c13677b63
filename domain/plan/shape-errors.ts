import type { core } from 'zod'
import { nearest, suggest } from './did-you-mean.ts'
import type { PlanError } from './plan-error.ts'
import { planFile } from './schema.ts'
import { valueAt } from './value-at.ts'
import type { LocatedYaml, Path } from './yaml-text.ts'

type Issue = core.$ZodIssue

/** @returns what is wrong with the shape of a plan: unknown and missing keys, wrong types, values that no key allows */
export function shapeErrors(yaml: LocatedYaml, file: string): PlanError[] {
  const result = planFile.safeParse(yaml.value)
  return result.success ? [] : new ShapeErrors(yaml, file).fromIssues(result.error.issues, [])
}

class ShapeErrors {
  readonly #yaml: LocatedYaml
  readonly #file: string

  constructor(yaml: LocatedYaml, file: string) {
    this.#yaml = yaml
    this.#file = file
  }

  /** @param base where the issues' paths start: those of an alternative of a union are relative */
  fromIssues(issues: Issue[], base: Path): PlanError[] {
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
          return issue.issues.map(({ message }) => this.#report(path, `"${String(path.at(-1))}" ${message}`, 'key'))
        case 'invalid_union':
          return this.#fromUnion(issue, path)
        case 'invalid_type':
          return [this.#wrongType(path, [typeWord(issue.expected)], issue.message)]
        case 'invalid_value': {
          const hint = suggest(typeof value === 'string' ? value : '', issue.values.map(String))
          return [this.#report(path, `${this.#show(path)} is not right here; ${hint}`)]
        }
        default:
          return [this.#report(path, `${this.#show(path)} ${issue.message}`)]
      }
    })
  }

  /** Of the alternatives, the one that has the value's own type says what is wrong; with none, the type is wrong. */
  #fromUnion(issue: core.$ZodIssueInvalidUnion, path: Path): PlanError[] {
    const isText = typeof this.#valueAt(path) === 'string'
    const isTypeError = ({ code, path: at }: Issue) =>
      at.length === 0 && (code === 'invalid_type' || (code === 'invalid_value' && !isText))
    const fitting = issue.errors.find((alternative) => !alternative.some(isTypeError))
    if (fitting !== undefined) return this.fromIssues(fitting, path)
    const wanted = issue.errors.flat().map((one) => (one.code === 'invalid_type' ? typeWord(one.expected) : 'text'))
    return [this.#wrongType(path, [...new Set(wanted)], issue.message)]
  }

  #missing(path: Path, siblings: Issue[], base: Path): PlanError[] {
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
    // The facts of an expected finding are free, so a misspelt outcome looks like a fact.
    if (typo !== undefined && key === 'outcome') return [this.#unknownKey(parent, typo, [key])]
    return [this.#report(parent, `missing key "${key}" in ${label(parent)}; add ${key}: ..., see docs/plans.md`, 'key')]
  }

  #unknownKey(path: Path, key: string, right: string[]): PlanError {
    return this.#report([...path, key], `unknown key "${key}" in ${label(path)}; ${suggest(key, right)}`, 'key')
  }

  #wrongType(path: Path, wanted: string[], said: string): PlanError {
    if (said.includes('; ')) return this.#report(path, `${this.#show(path)} ${said}`)
    const value = this.#valueAt(path)
    const bare = typeof value === 'number' || typeof value === 'boolean'
    const written = bare ? (this.#yaml.source(path) ?? String(value)) : ''
    const is = bare ? `the ${typeof value} ${written}` : typeOf(value)
    const quoted = bare && wanted.includes('text') ? `, in quotes: '${written}'` : ''
    return this.#report(path, `${label(path)} is ${is}; it would be ${wanted.join(' or ')}${quoted}`)
  }

  /** A short value speaks for itself, anything else by its place. */
  #show(path: Path): string {
    const value = this.#valueAt(path)
    if (typeof value === 'string') return `"${value.length > 24 ? `${value.slice(0, 20)}...` : value}"`
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : label(path)
  }

  #valueAt(path: Path): unknown {
    return valueAt(this.#yaml.value, path)
  }

  /** @param said `what is wrong; what would be right`, the form that the schema's own messages have */
  #report(path: Path, said: string, part: 'key' | 'value' = 'value'): PlanError {
    const [message = '', ...hint] = said.split('; ')
    return { file: this.#file, ...this.#yaml.where(path, part), message, hint: hint.join('; ') }
  }
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

function label(path: Path): string {
  if (path.length === 0) return 'the plan'
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`)).join('')
}
