import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { createRun } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import { labId } from '../worker/lab-id.ts'
import type { ServiceFacts } from '../worker/service-file.ts'
import { queues } from '../domain/naming.ts'
import type { RunTask } from '../workflows/contracts.ts'
import type { ReadPlan } from './read-plan.ts'
import { withClient } from './temporal-client.ts'

/**
 * Writes a run of a plan and starts its workflow.
 * @returns the run's number.
 * @throws LabError ServerUnreachable, StoreBroken.
 */
export async function startRun(
  store: Store,
  facts: ServiceFacts,
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
  await withClient(facts, async (client) => {
    const { defineSearchAttributeKey } = await import('@temporalio/common')
    await client.workflow.start('runPlan', {
      workflowId,
      taskQueue: queues.main(lab),
      args: [{ run, lab, host: hostname(), ...options } satisfies RunTask],
      staticSummary: `run ${run} of ${plan.name}`,
      typedSearchAttributes: [
        { key: defineSearchAttributeKey('LabPlan', 'KEYWORD'), value: plan.name },
        { key: defineSearchAttributeKey('LabRun', 'KEYWORD'), value: String(run) },
      ],
    })
  })
  return run
}
