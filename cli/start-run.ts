import { randomBytes } from 'node:crypto'
import { LabError } from '../domain/errors.ts'
import { workflowIds } from '../domain/naming.ts'
import { createRun, taskOptions, type RunOptions } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import type { Answer } from '../control/control-socket.ts'
import { hostId, labId } from '../control/lab-id.ts'
import type { ReadPlan } from '../reading/read-plan.ts'

/**
 * Writes a run of a plan and has its workflow started.
 * @param service held until the run has ended.
 * @returns the run's number.
 * @throws LabError ServerUnreachable when it is written and could not be started; StoreBroken.
 */
export async function startRun(
  store: Store,
  service: Answer,
  { plan, text, file, cells }: Pick<ReadPlan, 'text' | 'file' | 'cells'> & { plan: { name: string } },
  options: RunOptions,
): Promise<number> {
  const lab = await labId(store.folder)
  const workflowId = workflowIds.run(lab, plan.name, randomBytes(4).toString('hex'))
  const run = await createRun(store, {
    plan: plan.name,
    planText: text,
    planFile: file,
    started: Date.now(),
    workflowId,
    options,
    cells,
  })
  const task = { run, lab, host: await hostId(store.folder), ...taskOptions(options) }
  try {
    await service.start({ workflowId, plan: plan.name, task })
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    // Nothing is lost: the worker looks for runs that were written and not started.
    const sentence = `${error.message} Run ${run} is written: \`hyplab up\` starts it, \`hyplab cancel ${run}\` ends it.`
    throw new LabError(error.code, sentence, { cause: error })
  }
  return run
}
