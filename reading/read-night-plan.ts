import type { LabError } from '../domain/errors.ts'
import { selectCells } from '../domain/plan/select-cells.ts'
import type { Schedule } from '../domain/schedule/schedule.ts'
import { classOf } from '../domain/target.ts'
import { labOfPlan } from './lab-of-plan.ts'
import { readPlanFile, type ReadPlan } from './read-plan.ts'

/** What a night of a schedule runs, as its plan and its lab are now. */
export interface NightPlan {
  /** With the cells that the schedule asks for. */
  plan: ReadPlan
  /** The lab's file, absolute; absent where no cell needs one. */
  inventory: string | undefined
}

/**
 * Reads what a night of a schedule runs: once when the schedule is applied, and again when each night begins.
 * @param refuse makes the error of a schedule that does not fit its plan, from the path of the key that is wrong and
 *   what is wrong with it in words, without a full stop
 * @throws what `refuse` makes; LabError PlanInvalid, LabInvalid and BadInput of the plan and the lab
 */
export async function readNightPlan(
  { plan: file, only, lab, budget }: Pick<Schedule, 'plan' | 'only' | 'lab' | 'budget'>,
  refuse: (path: string[], sentence: string) => LabError,
): Promise<NightPlan> {
  const plan = await readPlanFile(file)
  const { cells, unknown } = selectCells(plan.cells, only)
  if (unknown) throw refuse(['only', unknown.axis], unknown.sentence)
  if (cells.length === 0) throw refuse(['only'], 'no cell of the plan has all of these values')
  const chosen = { ...plan, cells }
  const classes = [...new Set(cells.map(({ target }) => classOf(target)))]
  const idle = Object.keys(budget).find((name) => !classes.includes(name))
  if (idle !== undefined)
    throw refuse(['budget', idle], `no cell boots on the class "${idle}"; there is ${classes.join(', ')}`)
  const inventory = labOfPlan(chosen, (why) => {
    if (lab !== undefined) return lab
    throw refuse([], `${why}, and the schedule names no lab`)
  })
  return { plan: chosen, inventory }
}
