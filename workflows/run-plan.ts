import {
  CancellationScope,
  CancelledFailure,
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { windowClosed } from '../domain/not-run.ts'
import type { BuildResult, RunOutline, RunResult, RunSoFar, RunTask } from './contracts.ts'
import { awaitingBuild, bookkeeping, naming } from './options.ts'
import { reasonOf } from './reason-of.ts'
import { runCells } from './run-cells.ts'
import { untilClosed } from './window.ts'

const light = proxyLocalActivities<Pick<Activities, 'finishRun'>>(bookkeeping)
const { outlineRun } = proxyActivities<Pick<Activities, 'outlineRun'>>(naming)
const { awaitBuild } = proxyActivities<Pick<Activities, 'awaitBuild'>>(awaitingBuild)

/**
 * One execution of a plan: each distinct build once, each cell as soon as its builds are there, then the summary. A run of
 * more cells than one story should tell is gone on with by the next one, under the same id.
 */
export async function runPlan(task: RunTask): Promise<RunResult> {
  return await runPart(task, (rest) => continueAsNew<typeof runPlan>(rest))
}

/**
 * The part of a run that its outline has next, and its end when nothing comes behind that.
 * @param goOn ends this story, and begins the one that goes on
 */
export async function runPart(task: RunTask, goOn: (rest: RunTask) => Promise<never>): Promise<RunResult> {
  try {
    const done = task.before?.cells
    const outline = await outlineRun({ run: task.run, lab: task.lab, ...(done !== undefined && { done }) })
    const failed = [...(task.before?.failed ?? [])]
    let spent: RunSoFar['spent'] = {}
    const closed = await untilClosed(task.closes, async () => {
      const builds = startBuilds(outline, failed)
      if (task.until === 'builds') await Promise.all(builds.values())
      else spent = await runCells(task, outline, builds)
    })
    if (!closed && outline.more !== undefined) {
      // Who asks for the end between the two stories asked this one, and the next one would not hear of it.
      if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled')
      const cells = (done ?? 0) + outline.cells.length
      return await goOn({ ...task, before: { cells, spent, failed: failed.slice(-mostFailed) } })
    }
    return await light.finishRun({ run: task.run, state: 'finished', reason: closed ? windowClosed : '' })
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    const state = isCancellation(error) ? 'cancelled' : 'failed'
    const reason = state === 'cancelled' ? 'cancelled' : reasonOf(error)
    await CancellationScope.nonCancellable(() => light.finishRun({ run: task.run, state, reason }))
    throw error
  }
}

/** What a story says of failed builds to the next one is bounded; the build of one that it forgets is tried again. */
const mostFailed = 200

/** @param failed builds that failed before; those that fail now are added */
function startBuilds(outline: RunOutline, failed: BuildResult[]): Map<string, Promise<BuildResult>> {
  const before = new Map(failed.map((result) => [result.id, result]))
  const builds = new Map<string, Promise<BuildResult>>()
  for (const { task, built } of outline.builds) {
    const known = built ? { id: task.id, ok: true, infra: false, message: '' } : before.get(task.id)
    const result = known ? Promise.resolve(known) : awaitBuild(task)
    // Somebody awaits it later, perhaps after it failed: until then the rejection must not count as unhandled.
    result.then(
      (made) => {
        if (!made.ok && !before.has(made.id)) failed.push(made)
      },
      () => {},
    )
    builds.set(task.id, result)
  }
  return builds
}
