import { checkFiles } from './check-files.ts'
import { checkKernels } from './check-kernels.ts'
import { checkCpus, checkMachines } from './check-machines.ts'
import { checkMatrix } from './check-matrix.ts'
import { checkNames } from './check-names.ts'
import { checkPairs } from './check-pairs.ts'
import { checkRelease } from './check-release.ts'
import { checkStacks } from './check-stacks.ts'
import { checkTargets } from './check-targets.ts'
import type { Checked, Known, PlanFiles } from './check.ts'
import { expandMatrix } from './expand-matrix.ts'
import { inReadingOrder } from '../yaml/located-error.ts'
import type { LocatedError } from '../yaml/located-error.ts'
import type { Plan } from './plan.ts'
import { readPlan } from './read-plan.ts'
import { planFile, planShape } from './schema.ts'
import { shapeErrors } from '../yaml/shape-errors.ts'
import { readYaml } from '../yaml/yaml-text.ts'

/** A plan, or everything that is wrong with it, in reading order. */
export type ParsedPlan = { ok: true; plan: Plan } | { ok: false; errors: LocatedError[] }

/**
 * Reads and checks a plan. All mistakes are reported at once: each part is checked on its own, so that one mistake does
 * not hide another, and a mistake that follows from another is not reported again.
 *
 * @param text the plan, YAML 1.2
 * @param file its name, for messages and as the place from which its paths start
 * @param files how to reach the fragments, patches and recipes that it names
 * @param known the probe groups, findings and CPUs that exist
 */
export function parsePlan(text: string, file: string, files: PlanFiles, known: Known): ParsedPlan {
  const { yaml, errors } = readYaml(text, file, 'plan')
  if (yaml === undefined) return { ok: false, errors: inReadingOrder(errors, file) }
  if (yaml.value === null || yaml.value === undefined) {
    const hint = 'it needs at least name, kernels and stacks, see docs/plans.md'
    return { ok: false, errors: [...errors, { file, line: 1, column: 1, message: 'the plan is empty', hint }] }
  }
  const checked: Checked = {
    yaml,
    file,
    files,
    known,
    complain: (path, message, hint, part) => errors.push({ file, ...yaml.where(path, part), message, hint }),
    complainIn: (error) => errors.push(error),
  }
  errors.push(...shapeErrors(planShape, yaml, file))
  for (const check of [checkNames, checkMatrix, checkKernels, checkTargets, checkCpus, checkFiles, checkRelease])
    check(checked)
  if (errors.length > 0) return { ok: false, errors: inReadingOrder(errors, file) }
  const plan = readPlan(planFile.parse(yaml.value), checked)
  const cells = expandMatrix(plan)
  checkStacks(plan, cells, checked)
  checkMachines(plan, cells, checked)
  checkPairs(cells, checked)
  return errors.length > 0 ? { ok: false, errors: inReadingOrder(errors, file) } : { ok: true, plan }
}
