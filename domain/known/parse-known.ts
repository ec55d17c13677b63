import { z } from 'zod'
import { readSelector } from '../plan/read-plan.ts'
import { selector } from '../plan/schema.ts'
import { suggest } from '../yaml/did-you-mean.ts'
import { inReadingOrder, type LocatedError } from '../yaml/located-error.ts'
import { shapeErrors, type Shape } from '../yaml/shape-errors.ts'
import { map } from '../yaml/shapes.ts'
import { itemsAt, valueAt } from '../yaml/value-at.ts'
import { readYaml } from '../yaml/yaml-text.ts'
import type { KnownIssue } from './known-issue.ts'

const day = 24 * 60 * 60_000

const issue = map({
  finding: z.string().describe('The finding that fails, e.g. ffa.usable.'),
  facts: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('What its facts are, e.g. errno: -22, or title of a fault.'),
  cells: selector.default({}).describe('The cells in which it is known; all when left out.'),
  reason: z.string().min(1, 'is empty; one sentence').describe('What is known, in one sentence.'),
  link: z.string().min(1, 'is empty; an address').optional().describe('Where it is discussed.'),
  owner: z
    .string()
    .min(1, 'is empty; a name or an address')
    .optional()
    .describe('Who looks after it. A failure that nobody owns is not taken for known.'),
  expires: z
    .string('is no day; YYYY-MM-DD')
    .refine(isDay, 'is no day; YYYY-MM-DD')
    .optional()
    .describe('The last day on which it is taken for known.'),
})

/** A file of known issues, as the user writes it. */
export const knownFile = map({
  known: z.array(issue).min(1, 'is an empty list; one issue at least').describe('The failures that are known.'),
})

const shape: Shape = { schema: knownFile, kind: 'file of known issues', page: 'docs/nights.md' }

/** Known issues, or everything that is wrong with their file, in reading order. */
export type ParsedKnown = { ok: true; issues: KnownIssue[] } | { ok: false; errors: LocatedError[] }

/**
 * Reads and checks a file of known issues.
 * @param text the file, YAML 1.2
 * @param file its name, for messages and for `at`
 * @param findings the findings that exist
 */
export function parseKnown(text: string, file: string, findings: readonly string[]): ParsedKnown {
  const { yaml, errors } = readYaml(text, file, 'file of known issues')
  if (yaml === undefined) return { ok: false, errors: inReadingOrder(errors, file) }
  if (yaml.value === null || yaml.value === undefined) {
    const hint = 'it needs at least known, see docs/nights.md'
    return {
      ok: false,
      errors: [...errors, { file, line: 1, column: 1, message: 'the file of known issues is empty', hint }],
    }
  }
  errors.push(...shapeErrors(shape, yaml, file))
  for (const { path } of itemsAt(yaml.value, ['known'])) {
    const id = valueAt(yaml.value, [...path, 'finding'])
    if (typeof id !== 'string' || findings.includes(id)) continue
    const where = yaml.where([...path, 'finding'])
    errors.push({ file, ...where, message: `there is no finding "${id}"`, hint: suggest(id, [...findings]) })
  }
  if (errors.length > 0) return { ok: false, errors: inReadingOrder(errors, file) }
  const issues = knownFile.parse(yaml.value).known.map((given, index): KnownIssue => {
    const { cells, link, owner, expires, ...rest } = given
    return {
      ...rest,
      cells: readSelector(cells),
      ...(link !== undefined && { link }),
      ...(owner !== undefined && { owner }),
      ...(expires !== undefined && { expires: Date.parse(`${expires}T00:00Z`) + day }),
      at: `${file}:${yaml.where(['known', index]).line}`,
    }
  })
  return { ok: true, issues }
}

/** `2026-02-30` is none. */
function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00Z`) : new Date(Number.NaN)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}
