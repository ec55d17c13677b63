import { LabError } from '../domain/errors.ts'
import { nextTimeOfDay } from '../domain/schedule/wall-clock.ts'
import { readNightPlan, type NightPlan } from '../reading/read-night-plan.ts'
import { putArtifact } from '../store/artifacts.ts'
import { nightOfWorkflow, writeNight } from '../store/nights.ts'
import { createRun, runOfWorkflow, taskOptions, type RunOptions } from '../store/runs.ts'
import type { RunTask } from '../workflows/contracts.ts'
import type { NightStart, NightTask } from '../workflows/night-contracts.ts'
import type { Deps } from './deps.ts'

/**
 * Reads a night's plan as it is now and writes the run that the night is. What keeps it from one, a plan or a lab that
 * is no longer right, is written down as the night's fault. What was decided before a worker died stands, whatever the
 * plan says by then.
 * @returns how the run is to be worked on
 * @throws LabError PlanInvalid, LabInvalid, BadInput: the night cannot be
 */
export async function beginNight(deps: Deps, { night, workflowId, due }: NightStart): Promise<RunTask> {
  const fault = (await nightOfWorkflow(deps.store, workflowId))?.fault
  if (fault != null) throw new LabError('BadInput', fault)
  const before = await runOfWorkflow(deps.store, workflowId)
  const begun = before?.started ?? Date.now()
  const row = { schedule: night.schedule, workflowId, due, begun }
  try {
    const { run, options } = before?.options
      ? { run: before.id, options: before.options }
      : await writeRun(deps, night, workflowId, begun)
    await writeNight(deps.store, { ...row, run, fault: null })
    return { run, lab: night.lab, host: night.host, ...taskOptions(options) }
  } catch (error) {
    if (error instanceof LabError && !error.retryable)
      await writeNight(deps.store, { ...row, run: null, fault: error.message })
    throw error
  }
}

async function writeRun(
  deps: Deps,
  night: NightTask,
  workflowId: string,
  begun: number,
): Promise<{ run: number; options: RunOptions }> {
  const read = await readNightPlan(
    { ...night, lab: night.inventory, budget: night.budget ?? {} },
    (_path, sentence) =>
      new LabError('BadInput', `The schedule ${night.schedule} does not fit ${night.plan}: ${sentence}.`),
  )
  const options = await optionsOf(deps, night, read, begun)
  const { plan, text, file, cells } = read.plan
  const run = await createRun(deps.store, {
    plan: plan.name,
    planText: text,
    planFile: file,
    started: begun,
    workflowId,
    options,
    cells,
  })
  return { run, options }
}

async function optionsOf(deps: Deps, night: NightTask, { inventory }: NightPlan, begun: number): Promise<RunOptions> {
  return {
    until: 'verdicts',
    atOnce: night.atOnce,
    confirm: night.confirm,
    ...(inventory !== undefined && { inventory: { file: inventory, ...(await putArtifact(deps.store, inventory)) } }),
    ...(night.until !== undefined && { closes: nextTimeOfDay(begun, night.until, night.zone) }),
    ...(night.budget && { budget: night.budget }),
    ...(night.unchanged && { unchanged: night.unchanged }),
  }
}
