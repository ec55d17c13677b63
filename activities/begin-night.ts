import { LabError } from '../domain/errors.ts'
import { selectCells } from '../domain/plan/select-cells.ts'
import { nextTimeOfDay } from '../domain/schedule/wall-clock.ts'
import { labOfPlan } from '../reading/lab-of-plan.ts'
import { readPlanFile, type ReadPlan } from '../reading/read-plan.ts'
import { putArtifact } from '../store/artifacts.ts'
import { writeNight } from '../store/nights.ts'
import { createRun, taskOptions, type RunOptions } from '../store/runs.ts'
import type { NightStart, NightTask, RunTask } from '../workflows/contracts.ts'
import type { Deps } from './registry.ts'

/**
 * Reads a night's plan as it is now and writes the run that the night is. What keeps it from one, a plan or a lab that is
 * no longer right, is written down as the night's fault.
 * @returns how the run is to be worked on
 * @throws LabError PlanInvalid, LabInvalid, BadInput, NotFound: the night cannot be
 */
export async function beginNight(deps: Deps, { night, workflowId, due }: NightStart): Promise<RunTask> {
  const begun = Date.now()
  const row = { schedule: night.schedule, workflowId, due, begun }
  try {
    const plan = await planOf(night)
    const options = await optionsOf(deps, night, plan, begun)
    const { plan: read, text, file, cells } = plan
    const run = await createRun(deps.store, {
      plan: read.name,
      planText: text,
      planFile: file,
      started: begun,
      workflowId,
      options,
      cells,
    })
    await writeNight(deps.store, { ...row, run, fault: null })
    return { run, lab: night.lab, host: night.host, ...taskOptions(options) }
  } catch (error) {
    if (error instanceof LabError && !error.retryable)
      await writeNight(deps.store, { ...row, run: null, fault: error.message })
    throw error
  }
}

async function planOf({ plan: file, only, schedule }: NightTask): Promise<ReadPlan> {
  const plan = await readPlanFile(file)
  const { cells, unknown } = selectCells(plan.cells, only)
  if (unknown) throw new LabError('BadInput', `The schedule ${schedule} asks for other cells: ${unknown.sentence}.`)
  if (cells.length === 0)
    throw new LabError('NotFound', `No cell of ${file} is one of those that the schedule ${schedule} asks for.`)
  return { ...plan, cells }
}

async function optionsOf(deps: Deps, night: NightTask, plan: ReadPlan, begun: number): Promise<RunOptions> {
  const inventory = labOfPlan(plan, (why) => {
    if (night.inventory !== undefined) return night.inventory
    throw new LabError('BadInput', `${why}: the schedule ${night.schedule} names no lab.`)
  })
  return {
    until: 'verdicts',
    atOnce: night.atOnce,
    confirm: night.confirm,
    ...(inventory !== undefined && { inventory: { file: inventory, ...(await putArtifact(deps.store, inventory)) } }),
    ...(night.until !== undefined && { closes: nextTimeOfDay(begun, night.until, night.zone) }),
  }
}
