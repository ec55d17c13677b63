import { readFileSync } from 'node:fs'
import { dirname, resolve as resolvePath } from 'node:path'
import type { Cell } from '../domain/cell.ts'
import { LabError } from '../domain/errors.ts'
import { expandMatrix } from '../domain/plan/expand-matrix.ts'
import { parsePlan } from '../domain/plan/parse-plan.ts'
import type { Plan } from '../domain/plan/plan.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import { findingIds, probeGroups } from '../domain/probes/registry.ts'
import { foldersFrom } from '../host/folders.ts'
import { knownCpus } from '../targets/qemu/known-cpus.ts'
import { sourceMistakes } from './check-sources.ts'

export interface ReadPlan {
  plan: Plan
  text: string
  /** Absolute. */
  file: string
  cells: Cell[]
}

/**
 * Reads and checks a plan file and expands its matrix.
 * @throws LabError PlanInvalid with every mistake on a line of its own, `file:line:column: what; how to mend it`;
 * BadInput when the file cannot be read.
 */
export async function readPlanFile(path: string): Promise<ReadPlan> {
  const file = resolvePath(path)
  const text = read(file)
  if (text === undefined)
    throw new LabError('BadInput', `${path} cannot be read: name a plan file, e.g. plans/first-look.yaml.`)
  // Errors name the file as the user did.
  const known = { groups: probeGroups, findings: findingIds(), cpus: await knownCpus(foldersFrom()) }
  const parsed = parsePlan(text, path, { read, resolve: (from, to) => resolvePath(dirname(from), to) }, known)
  if (!parsed.ok) throw mistaken('PlanInvalid', parsed.errors)
  const missing = await sourceMistakes(parsed.plan, text, path)
  if (missing.length > 0) throw mistaken('PlanInvalid', missing)
  return { plan: parsed.plan, text, file, cells: expandMatrix(parsed.plan) }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
