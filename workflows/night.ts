import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import type { RunResult, RunTask } from './contracts.ts'
import type { NightTask } from './night-contracts.ts'
import { beginning } from './options.ts'
import { runPart } from './run-plan.ts'
import { andTold } from './tell-night.ts'

const { beginNight } = proxyActivities<Pick<Activities, 'beginNight'>>(beginning)

/**
 * One night of a schedule, and people told of it.
 * @param rest what is left of its run, where a story of this night goes on with the one before
 */
export async function night(task: NightTask, rest?: RunTask): Promise<RunResult> {
  return await andTold(task, async () =>
    runPart(rest ?? (await begin(task)), (left) => continueAsNew<typeof night>(task, left)),
  )
}

/** The plan as it is then, to be run once, in the window that the schedule leaves. */
async function begin(task: NightTask): Promise<RunTask> {
  const { workflowId, startTime, searchAttributes } = workflowInfo()
  const [due] = searchAttributes['TemporalScheduledStartTime'] ?? []
  return await beginNight({ night: task, workflowId, due: dueTime(due) ?? startTime.getTime() })
}

/** The hour that a night was planned for: without the jitter, and long ago for one that was caught up with. */
function dueTime(attribute: unknown): number | undefined {
  if (attribute instanceof Date) return attribute.getTime()
  return typeof attribute === 'string' ? Date.parse(attribute) : undefined
}
