import { Cron } from 'croner'
import { z } from 'zod'
import { unchangedWays } from '../night/unchanged.ts'
import { attemptCount, selector } from '../plan/schema.ts'
import { isHiddenInTell, tellEntry } from '../tell/schema-tell.ts'
import { durationPattern } from '../yaml/quantity.ts'
import type { Shape } from '../yaml/shape-errors.ts'
import { map } from '../yaml/shapes.ts'
import { overlaps } from './schedule.ts'

// Messages have the form `what is wrong; what would be right`, for ../yaml/shape-errors.ts.

const path = z.string().min(1, 'is empty; a path, relative to this file')
const time = z
  .string('is not a time; a number with a unit, e.g. 2 h or 5 min')
  .regex(durationPattern, 'is not a time; a number with a unit, e.g. 2 h or 5 min')

const cron = z
  .string('is no cron line; five fields, e.g. 30 2 * * 1-5')
  .refine(
    isCron,
    'is no cron line; five fields: minute, hour, day of the month, month, day of the week, e.g. 30 2 * * 1-5',
  )

const zone = z.string().refine(isZone, 'is no time zone that is known here; an IANA name, e.g. Europe/Berlin')

const clock = z
  .string('is no time of day; HH:MM in quotes, e.g. "07:00"')
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day; HH:MM in quotes, e.g. "07:00"')

/** A schedule's file, as the user writes it. */
export const scheduleFile = map({
  description: z.string().default('').describe('What the nights are for, for people.'),
  plan: path.describe('The plan that is run. It is read when a night begins.'),
  only: selector.default({}).describe('Only cells with these values of the axes, as `hyplab run --only`.'),
  lab: path.optional().describe("The lab's file, where cells boot on places of one."),
  known: path.optional().describe('The failures that are known, a file: they stay visible and do not redden a night.'),
  cron: cron.optional().describe('When a night begins: minute, hour, day of the month, month, day of the week.'),
  every: time.optional().describe('In place of cron: begins again after so much time, counted from 1970.'),
  zone: zone.default('UTC').describe("The time zone of cron's hours and of `until`."),
  jitter: time.default('0 s').describe('A night begins up to so much later, so that not all begin at once.'),
  until: clock.optional().describe('When the window closes: cells that have not ended by then are not run.'),
  overlap: z
    .enum(overlaps)
    .default('skip')
    .describe('When the last night still runs: skip this one, keep one waiting, or cancel the other.'),
  'catch-up': time.default('2 h').describe('So late may a night begin for which nothing ran at its hour.'),
  'at-once': z.int().min(1, 'is not a number of cells; 1 or more').default(2).describe('Cells at once.'),
  confirm: attemptCount
    .default(5)
    .describe('A cell that comes out otherwise than its last conclusive night is tried so often.'),
  budget: z
    .record(z.string().min(1, 'is empty; the class of a target, or qemu'), time)
    .default({})
    .describe('How long the cells of a class may boot in one night, e.g. { qemu: 2 h, rk3588: 30 min }.'),
  unchanged: z
    .enum(unchangedWays)
    .default('run')
    .describe(
      'When nothing moved since the last night: run it all the same, repeat what is unsure, or skip what has a result.',
    ),
  owner: z
    .string()
    .min(1, 'is empty; a name or an address')
    .optional()
    .describe('Who looks after it: named above its reports.'),
  tell: z
    .array(tellEntry)
    .min(1, 'is an empty list; one way at least')
    .optional()
    .describe('Who is told of its nights: by mail, by a webhook, into a file.'),
})
export type ScheduleFile = z.output<typeof scheduleFile>

/** How mistakes in it are told. */
export const scheduleShape: Shape = {
  schema: scheduleFile,
  kind: 'schedule',
  page: 'docs/nights.md',
  isHidden: isHiddenInTell,
}

/** @returns the JSON Schema (draft 2020-12) of a schedule's file, for editors that complete and check YAML */
export function scheduleJsonSchema(): object {
  const schema = z.toJSONSchema(scheduleFile, { io: 'input', target: 'draft-2020-12' })
  return { title: 'hyplab schedule', ...schema }
}

/** Five fields only: Temporal's sixth would be a year, others' a second. */
function isCron(text: string): boolean {
  try {
    new Cron(text.trim(), { mode: '5-part', paused: true })
    // Words such as @daily, and letters that cron of old has not.
    return /^[\d*,/A-Za-z -]+$/.test(text) && !/[LW#?]/.test(text.replaceAll(/jul/gi, ''))
  } catch {
    return false
  }
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
