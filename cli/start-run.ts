import { randomBytes } from 'node:crypto'
import { createRun } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import type { Answer } from '../worker/control.ts'
import { hostId, labId } from '../worker/lab-id.ts'
import type { RunTask } from '../workflows/contracts.ts'
import type { ReadPlan } from './read-plan.ts'

/**
 * Writes a run of a plan and has its workflow started.
 * @param service held until the run has ended.
 * @returns the run's number.
 * @throws LabError ServerUnreachable, StoreBroken.
 */
export async function startRun(
  store: Store,
  service: Answer,
  { plan, text, file, cells }: ReadPlan,
  options: { until: RunTask['until']; atOnce: number },
): Promise<number> {
  const lab = await labId(store.folder)
  const workflowId = `${lab}-run-${plan.name}-${randomBytes(4).toString('hex')}`
  const run = await createRun(store, {
    plan: plan.name,
    planText: text,
    planFile: file,
    started: Date.now(),
    workflowId,
    cells,
  })
  await service.start({ workflowId, plan: plan.name, task: { run, lab, host: await hostId(store.folder), ...options } })
  return run
}
