import type { Client, ScheduleDescription, ScheduleOverlapPolicy } from '@temporalio/client'
import { LabError } from '../../domain/errors.ts'
import { nightsUnderWay } from '../../store/nights.ts'
import { runOfWorkflow } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'

/** Which night of a schedule runs: a sentence's beginning. */
export async function whatRuns(store: Store, name: string, { info }: ScheduleDescription): Promise<string> {
  const runs = await Promise.all(
    info.runningActions.map(async ({ workflow }) => (await runOfWorkflow(store, workflow.workflowId))?.id),
  )
  const run = runs.find((id) => id !== undefined)
  return run === undefined ? `another night of ${name} is still under way` : `run ${run} of ${name} is still under way`
}

/** Whether a night that was asked for has to wait until another one has ended. */
export function isBuffered(before: ScheduleDescription, now: ScheduleDescription): boolean {
  return buffered(before) === 0 && buffered(now) > 0
}

/**
 * How the server is to begin a night that is asked for. It would begin one beside another, whatever the schedule's rule is, if
 * it were not told. A night that has written its end may still be under way there for a moment: with `skip` the server keeps
 * the new one until that has gone, and who asks has looked before whether one runs.
 */
export function overlapOf({ policies }: ScheduleDescription): ScheduleOverlapPolicy {
  return policies.overlap === 'SKIP' ? 'BUFFER_ONE' : policies.overlap
}

/** @throws LabError NotBegun where a night of the schedule runs and one that comes meanwhile would be left out */
export async function requireBegins(store: Store, name: string, before: ScheduleDescription): Promise<void> {
  const [run] = before.policies.overlap === 'SKIP' ? await nightsUnderWay(store, name) : []
  if (run !== undefined)
    throw new LabError(
      'NotBegun',
      `The night did not begin: run ${run} of ${name} is still under way, and one that comes meanwhile is left out (\`overlap: skip\`). \`hyplab watch ${run}\` follows it, \`hyplab cancel ${run}\` ends it.`,
    )
  // The server keeps one back at most, and says of no other that it was left out.
  if (buffered(before) > 0)
    throw new LabError(
      'NotBegun',
      `The night did not begin: ${await whatRuns(store, name, before)}, and one waits for its end already. \`hyplab nights\` shows what becomes of it.`,
    )
}

/**
 * Why a night that the server was asked for will not begin.
 * @param now what it has of the schedule; undefined when it has no such schedule any longer
 * @param ended whether a night that began since has ended, and has been written nowhere
 * @returns a sentence; undefined as long as it may begin
 */
export function whyNever(name: string, now: ScheduleDescription | undefined, ended: boolean): string | undefined {
  if (now === undefined) return `The night did not begin: the schedule ${name} was removed meanwhile.`
  if (!ended) return undefined
  return `The night did not begin: its workflow was ended before it could. \`hyplab schedule trigger ${name}\` tries again.`
}

/** Whether the newest night that a schedule has begun since has ended: what it has to write is written then. */
export async function hasEnded(
  client: Client,
  before: ScheduleDescription,
  now: ScheduleDescription | undefined,
): Promise<boolean> {
  const known = new Set(before.info.recentActions.map(({ action }) => action.workflow.workflowId))
  const newest = now?.info.recentActions.findLast(({ action }) => !known.has(action.workflow.workflowId))
  if (!newest) return false
  const { status } = await client.workflow.getHandle(newest.action.workflow.workflowId).describe()
  return status.name !== 'RUNNING'
}

function buffered({ raw }: ScheduleDescription): number {
  return Number(raw.info?.bufferSize ?? 0)
}
