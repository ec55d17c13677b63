import { readingOf } from '../lab/file/reading.ts'
import { readSelector } from '../plan/read-plan.ts'
import { checkTell } from '../tell/check-tell.ts'
import { readTell } from '../tell/read-tell.ts'
import type { Telling } from '../tell/telling.ts'
import { inReadingOrder, type LocatedError } from '../yaml/located-error.ts'
import { parseDuration } from '../yaml/quantity.ts'
import { shapeErrors } from '../yaml/shape-errors.ts'
import { valueAt } from '../yaml/value-at.ts'
import { readYaml, type LocatedYaml } from '../yaml/yaml-text.ts'
import type { Schedule, When } from './schedule.ts'
import { scheduleFile, scheduleShape, type ScheduleFile } from './schema.ts'

/** A schedule and where each of its parts stands, or everything that is wrong with its file, in reading order. */
export type ParsedSchedule = { ok: true; schedule: Schedule; yaml: LocatedYaml } | { ok: false; errors: LocatedError[] }

/** Shortest time between two nights that a schedule may ask for, seconds: a run that takes longer only queues up. */
const shortestInterval = 60

/**
 * Reads and checks a schedule's file. Whether its plan and its lab can be read is not looked at.
 * @param text the file, YAML 1.2
 * @param file its name, for messages
 * @param name the schedule's: the file's without its ending
 * @param resolve makes a path of the file absolute
 */
export function parseSchedule(
  text: string,
  file: string,
  name: string,
  resolve: (path: string) => string,
): ParsedSchedule {
  const { yaml, errors } = readYaml(text, file, 'schedule')
  if (yaml === undefined) return { ok: false, errors: inReadingOrder(errors, file) }
  if (yaml.value === null || yaml.value === undefined) {
    const hint = 'it needs at least plan and cron, see docs/nights.md'
    return { ok: false, errors: [...errors, { file, line: 1, column: 1, message: 'the schedule is empty', hint }] }
  }
  errors.push(...shapeErrors(scheduleShape, yaml, file), ...whenErrors(yaml, file))
  checkTell({
    yaml,
    complain: (path, message, hint, part) => errors.push({ file, ...yaml.where(path, part), message, hint }),
  })
  if (errors.length > 0) return { ok: false, errors: inReadingOrder(errors, file) }
  const given = scheduleFile.parse(yaml.value)
  const tell = readTell(given.tell ?? [], readingOf(yaml, file, { resolve: (_from, path) => resolve(path) }))
  const twins = twinErrors(tell, yaml, file)
  if (twins.length > 0) return { ok: false, errors: twins }
  return { ok: true, schedule: read(given, name, resolve, tell), yaml }
}

/** What was told is kept by where it went: two ways to one place would take it from one another. */
function twinErrors(tell: readonly Telling[], yaml: LocatedYaml, file: string): LocatedError[] {
  return tell.flatMap(({ key }, index) => {
    if (tell.findIndex((other) => other.key === key) === index) return []
    return [{ file, ...yaml.where(['tell', index]), message: `${key} is told twice`, hint: 'keep one of them' }]
  })
}

/** When it begins is said once, by cron or by an interval. */
function whenErrors(yaml: LocatedYaml, file: string): LocatedError[] {
  const [cron, every] = ['cron', 'every'].map((key) => valueAt(yaml.value, [key]))
  const at = (path: string[], message: string, hint: string) => ({ file, ...yaml.where(path), message, hint })
  if (cron === undefined && every === undefined && typeof yaml.value === 'object' && !Array.isArray(yaml.value))
    return [at([], 'it does not say when: cron is missing', 'e.g. cron: 30 2 * * * or every: 6 h')]
  if (cron !== undefined && every !== undefined) return [at(['every'], 'it says twice when', 'leave out cron or every')]
  if (typeof every === 'string' && scheduleFile.shape.every.safeParse(every).success)
    if (parseDuration(every) < shortestInterval)
      return [at(['every'], `${every} is too short`, `${shortestInterval} s or more`)]
  return []
}

function read(file: ScheduleFile, name: string, resolve: (path: string) => string, tell: Telling[]): Schedule {
  return {
    name,
    description: file.description,
    plan: resolve(file.plan),
    only: readSelector(file.only),
    lab: file.lab === undefined ? undefined : resolve(file.lab),
    known: file.known === undefined ? undefined : resolve(file.known),
    when: whenOf(file),
    overlap: file.overlap,
    catchUp: parseDuration(file['catch-up']),
    atOnce: file['at-once'],
    confirm: file.confirm,
    budget: Object.fromEntries(Object.entries(file.budget).map(([name, time]) => [name, parseDuration(time)])),
    unchanged: file.unchanged,
    owner: file.owner,
    tell,
  }
}

function whenOf({ cron, every, zone, jitter, until }: ScheduleFile): When {
  const [hours, minutes] = (until ?? '').split(':').map(Number)
  return {
    at:
      cron === undefined ? { kind: 'every', seconds: parseDuration(every ?? '') } : { kind: 'cron', cron: cron.trim() },
    zone,
    jitter: parseDuration(jitter),
    until: until === undefined ? undefined : hours! * 60 + minutes!,
  }
}
