import { resolve } from 'node:path'
import { placesFor, whyNoneFits } from '../domain/lab/fitting.ts'
import type { Inventory } from '../domain/lab/inventory.ts'
import { isLeased, type LabTarget } from '../domain/target.ts'
import type { LocatedError } from '../domain/yaml/located-error.ts'
import { mistaken } from '../domain/yaml/mistaken.ts'
import { readYaml } from '../domain/yaml/yaml-text.ts'
import { readLabFile } from './read-lab.ts'
import type { ReadPlan } from './read-plan.ts'

/**
 * The file of the lab whose places a plan's cells boot on; undefined where they need none.
 * @param fileOf names the file, for a plan that boots on those targets, told in words; throws when none is named
 * @throws what `fileOf` throws; LabError PlanInvalid, located in the plan, for each target that no place of the lab
 *   fits, and LabInvalid for a file with mistakes
 */
export function labOfPlan(plan: ReadPlan, fileOf: (why: string) => string): string | undefined {
  const targets = new Map(plan.cells.map(({ target }) => [target.name, target]))
  const wanted = [...targets.values()].filter(isLeased)
  if (wanted.length === 0) return undefined
  const file = resolve(fileOf(`The plan boots on ${wanted.map(({ name }) => name).join(', ')}`))
  const lab = readLabFile(file)
  const mistakes = wanted.flatMap((target) => mistakeOf(plan, lab, target))
  if (mistakes.length > 0) throw mistaken('PlanInvalid', mistakes)
  return file
}

function mistakeOf(plan: ReadPlan, lab: Inventory, target: LabTarget): LocatedError[] {
  const why = whyNoneFits(lab, target) ?? whyNoFirmware(plan, lab, target)
  if (why === undefined) return []
  const { line, column } = readYaml(plan.text, plan.plan.file, 'plan').yaml?.where(['targets', target.name]) ?? {
    line: 1,
    column: 1,
  }
  return [{ file: plan.plan.file, line, column, message: why, hint: '' }]
}

/** A cell with a stack needs a place that takes one, a cell without needs one that has its own. */
function whyNoFirmware({ cells }: ReadPlan, lab: Inventory, target: LabTarget): string | undefined {
  const places = placesFor(lab, target)
  for (const { stack, target: own } of cells) {
    if (own.name !== target.name) continue
    const needs = stack.recipe === undefined ? 'installed' : 'takes'
    if (target.kind === 'fvp' ? needs === 'takes' : places.some(({ firmware }) => firmware === needs)) continue
    const have = needs === 'takes' ? 'takes a stack' : 'has firmware of its own'
    return `No place of ${lab.name} for ${target.name} ${have}, as the stack ${stack.name} wants: exclude those cells.`
  }
  return undefined
}
