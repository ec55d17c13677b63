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
import { readInput, readStandardInput, whyUnreadable } from '../host/read-input.ts'
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

/** What a plan on standard input is called, in messages and where its file would be named. */
const standardInput = '<stdin>'

/** How a plan is called that the user named so: as it is, or standard input. */
export function planName(path: string): string {
  return path === '-' ? standardInput : path
}

/**
 * Reads and checks a plan file and expands its matrix.
 * @param path `-` is standard input; the files that it names are found from the current folder then
 * @throws LabError PlanInvalid with every mistake on a line of its own, `file:line:column: what; how to mend it`;
 * BadInput when the file cannot be read.
 */
export async function readPlanFile(path: string): Promise<ReadPlan> {
  const name = planName(path)
  const file = resolvePath(name)
  const text =
    path === '-' ? await readStandardInput() : readInput(path, 'name a plan file, e.g. plans/first-look.yaml')
  // Errors name the file as the user did.
  const known = { groups: probeGroups, findings: findingIds(), cpus: await knownCpus(foldersFrom()) }
  const parsed = parsePlan(text, name, files, known)
  if (!parsed.ok) throw mistaken('PlanInvalid', parsed.errors)
  const patches = await checkPatches(parsed.plan, text, name)
  const wrong = [...(await sourceMistakes(parsed.plan, text, name)), ...patches.errors]
  if (wrong.length > 0) throw mistaken('PlanInvalid', inReadingOrder(wrong, name))
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
