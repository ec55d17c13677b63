import { z } from 'zod'
import { inReadingOrder, type LocatedError } from '../yaml/located-error.ts'
import { shapeErrors, type Shape } from '../yaml/shape-errors.ts'
import { map } from '../yaml/shapes.ts'
import { readYaml } from '../yaml/yaml-text.ts'
import { defaultRules, keepFor, type KeepByOutcome, type KeepRules } from './keep-rules.ts'
import { agePattern, parseRoom, roomPattern } from './quantities.ts'

// Messages have the form `what is wrong; what would be right`, for ../yaml/shape-errors.ts.

const wrongAge = 'is no time; a number with a unit, e.g. 30 days or 1 year, or forever'
const age = z.string(wrongAge).regex(agePattern, wrongAge)
const wrongRoom = 'is no size; a number with a unit, e.g. 50 GB or 512 MiB'
const room = z.string(wrongRoom).regex(roomPattern, wrongRoom)

const byOutcome = (what: string, passed: string, failed: string) =>
  map(
    {
      passed: age.default(passed).describe(`How long ${what} are kept of an attempt that came out as the plan says.`),
      failed: age
        .default(failed)
        .describe(`How long ${what} are kept of any other, and of the last good one before a failure.`),
    },
    'is no map; e.g. { passed: 30 days, failed: 1 year }',
  )

const { logs, records, images } = defaultRules

/** The file that says what a lab keeps, as its admin writes it. */
export const keepFile = map({
  logs: byOutcome('raw logs', logs.passed.words, logs.failed.words)
    .prefault({})
    .describe('Consoles with their time indexes, SMC traces, what the lab did.'),
  records: byOutcome('records', records.passed.words, records.failed.words)
    .prefault({})
    .describe('What init on the target reported.'),
  images: age
    .default(images.words)
    .describe('Kernels, initrds, firmware: as long as the logs of an attempt that booted them, and at least so long.'),
  budget: room.optional().describe('What state and cache together may take. Work waits when it is reached.'),
  floor: room.optional().describe('What stays free on the disk: with less no attempt and no build begins.'),
  cache: room.optional().describe('What source trees and build trees in the cache may take.'),
  collect: z
    .enum(['daily', 'by hand'])
    .default(defaultRules.collect)
    .describe('Whether the service removes by itself, once a day, what these rules give up.'),
})

const shape: Shape = { schema: keepFile, kind: 'file of what is kept', page: 'docs/running-a-lab.md' }

/** The rules, or everything that is wrong with their file, in reading order. */
export type ParsedKeep = { ok: true; rules: KeepRules } | { ok: false; errors: LocatedError[] }

/**
 * Reads and checks what a lab keeps.
 * @param text the file, YAML 1.2
 * @param file its name, for messages
 */
export function parseKeep(text: string, file: string): ParsedKeep {
  const { yaml, errors } = readYaml(text, file, 'file of what is kept')
  if (yaml === undefined) return { ok: false, errors: inReadingOrder(errors, file) }
  // A file in which everything is commented out says nothing.
  const value = yaml.value ?? {}
  if (yaml.value !== null && yaml.value !== undefined) errors.push(...shapeErrors(shape, yaml, file))
  if (errors.length > 0) return { ok: false, errors: inReadingOrder(errors, file) }
  const given = keepFile.parse(value)
  const sizeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseRoom(text))
  return {
    ok: true,
    rules: {
      logs: both(given.logs),
      records: both(given.records),
      images: keepFor(given.images),
      budget: sizeOf(given.budget),
      floor: sizeOf(given.floor),
      cache: sizeOf(given.cache),
      collect: given.collect,
    },
  }
}

/** @returns the JSON Schema (draft 2020-12) of the file, for editors that complete and check YAML */
export function keepJsonSchema(): object {
  return { title: 'hyplab keep', ...z.toJSONSchema(keepFile, { io: 'input', target: 'draft-2020-12' }) }
}

function both({ passed, failed }: { passed: string; failed: string }): KeepByOutcome {
  return { passed: keepFor(passed), failed: keepFor(failed) }
}
