import { basename, resolve } from 'node:path'
import type { LabError } from '../domain/errors.ts'
import { parseSchedule } from '../domain/schedule/parse-schedule.ts'
import type { Schedule } from '../domain/schedule/schedule.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import type { LocatedYaml } from '../domain/yaml/yaml-text.ts'
import { labFiles } from '../host/lab-files.ts'
import { readNightPlan } from './read-night-plan.ts'
import { readInput } from '../host/read-input.ts'

export interface ReadSchedule {
  schedule: Schedule
  /** Absolute. */
  file: string
  /** The cells that a night has, by id, as the plan is now. */
  cells: string[]
}

/**
 * Reads and checks a schedule's file, the plan that it names, and its lab where cells need one.
 * @throws LabError PlanInvalid with every mistake on a line of its own; what reading the plan and the lab throws
 */
export async function readScheduleFile(path: string): Promise<ReadSchedule> {
  const { schedule, yaml } = readScheduleAlone(path)
  const { plan } = await readNightPlan(schedule, (at, sentence) => mistakeAt(path, yaml, at, sentence))
  return { schedule, file: resolve(path), cells: plan.cells.map(({ id }) => id) }
}

/**
 * Reads and checks a schedule's file, and not the plan that it names: people are to be told of one that is wrong.
 * @throws LabError PlanInvalid with every mistake on a line of its own; BadInput when the file cannot be read
 */
export function readScheduleAlone(path: string): { schedule: Schedule; yaml: LocatedYaml } {
  const file = resolve(path)
  const text = readInput(path, 'name a schedule that is there; docs/nights.md has one to begin with')
  const name = basename(file).replace(/\.ya?ml$/, '')
  const parsed = parseSchedule(text, path, name, (to) => labFiles.resolve(file, to))
  if (!parsed.ok) throw mistaken('PlanInvalid', parsed.errors)
  return parsed
}

function mistakeAt(file: string, yaml: LocatedYaml, path: string[], message: string): LabError {
  return mistaken('PlanInvalid', [{ file, ...yaml.where(path), message, hint: '' }])
}
