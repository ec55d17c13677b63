import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import type { NightTask, RunResult } from './contracts.ts'
import { beginning } from './options.ts'
import { runPlan } from './run-plan.ts'
import { andTold } from './tell-night.ts'

const { beginNight } = proxyActivities<Pick<Activities, 'beginNight'>>(beginning)

/** One night of a schedule, and people told of it. */
export async function night(task: NightTask): Promise<RunResult> {
  return await andTold(task, () => nightAlone(task))
}

/** The plan as it is then, run once, in the window that the schedule leaves. */
async function nightAlone(task: NightTask): Promise<RunResult> {
  const { workflowId, startTime, searchAttributes } = workflowInfo()
  const [due] = searchAttributes['TemporalScheduledStartTime'] ?? []
  const run = await beginNight({ night: task, workflowId, due: dueTime(due) ?? startTime.getTime() })
  return await runPlan(run)
}

/** The hour that a night was planned for: without the jitter, and long ago for one that was caught up with. */
function dueTime(attribute: unknown): number | undefined {
  if (attribute instanceof Date) return attribute.getTime()
  return typeof attribute === 'string' ? Date.parse(attribute) : undefined
}
