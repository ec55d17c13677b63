import { existsSync, readdirSync } from 'node:fs'
import { dirname, resolve as resolvePath } from 'node:path'
import { recipeMistakes } from '../builds/firmware/recipe.ts'
import type { Cell } from '../domain/cell.ts'
import type { PlanFiles } from '../domain/plan/check.ts'
import { expandMatrix } from '../domain/plan/expand-matrix.ts'
import { parsePlan } from '../domain/plan/parse-plan.ts'
import type { Plan } from '../domain/plan/plan.ts'
import { inReadingOrder } from '../domain/yaml/located-error.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import { findingIds, probeGroups } from '../domain/probes/registry.ts'
import { foldersFrom } from '../host/folders.ts'
import { readInput, whyUnreadable } from '../host/read-input.ts'
import { knownCpus } from '../targets/qemu/known-cpus.ts'
import { checkPatches } from './check-patches.ts'
import { sourceMistakes } from './check-sources.ts'

export interface ReadPlan {
  plan: Plan
  text: string
  /** Absolute. */
  file: string
  cells: Cell[]
  /** What the user should know of it although nothing is wrong, a sentence each without its full stop. */
  said: string[]
}

/**
 * Reads and checks a plan file and expands its matrix.
 * @throws LabError PlanInvalid with every mistake on a line of its own, `file:line:column: what; how to mend it`;
 * BadInput when the file cannot be read.
 */
export async function readPlanFile(path: string): Promise<ReadPlan> {
  const file = resolvePath(path)
  const text = readInput(path, 'name a plan file, e.g. plans/first-look.yaml')
  // Errors name the file as the user did.
  const known = { groups: probeGroups, findings: findingIds(), cpus: await knownCpus(foldersFrom()) }
  const parsed = parsePlan(text, path, files, known)
  if (!parsed.ok) throw mistaken('PlanInvalid', parsed.errors)
  const patches = await checkPatches(parsed.plan, text, path)
  const wrong = [...(await sourceMistakes(parsed.plan, text, path)), ...patches.errors]
  if (wrong.length > 0) throw mistaken('PlanInvalid', inReadingOrder(wrong, path))
  return { plan: parsed.plan, text, file, cells: expandMatrix(parsed.plan), said: patches.said }
}

/** The files of this machine. */
const files: PlanFiles = {
  read(path) {
    try {
      return readInput(path, '')
    } catch {
      return undefined
    }
  },
  whyUnreadable: (path) => (existsSync(path) ? whyUnreadable(path) : undefined),
  list(path) {
    try {
      return readdirSync(path)
    } catch {
      return undefined
    }
  },
  recipeMistakes,
  resolve: (from, to) => resolvePath(dirname(from), to),
}
