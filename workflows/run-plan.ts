import { CancellationScope, isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { windowClosed } from '../domain/not-run.ts'
import type { BuildResult, RunOutline, RunResult, RunTask } from './contracts.ts'
import { awaitingBuild, bookkeeping, naming } from './options.ts'
import { reasonOf } from './reason-of.ts'
import { runCells } from './run-cells.ts'
import { untilClosed } from './window.ts'

const light = proxyLocalActivities<Pick<Activities, 'finishRun'>>(bookkeeping)
const { outlineRun } = proxyActivities<Pick<Activities, 'outlineRun'>>(naming)
const { awaitBuild } = proxyActivities<Pick<Activities, 'awaitBuild'>>(awaitingBuild)

/** One execution of a plan: each distinct build once, each cell as soon as its builds are there, then the summary. */
export async function runPlan(task: RunTask): Promise<RunResult> {
  try {
    const outline = await outlineRun({ run: task.run, lab: task.lab })
    const closed = await untilClosed(task.closes, async () => {
      const builds = startBuilds(outline)
      if (task.until === 'builds') await Promise.all(builds.values())
      else await runCells(task, outline, builds)
    })
    return await light.finishRun({ run: task.run, state: 'finished', reason: closed ? windowClosed : '' })
  } catch (error) {
    const state = isCancellation(error) ? 'cancelled' : 'failed'
    const reason = state === 'cancelled' ? 'cancelled' : reasonOf(error)
    await CancellationScope.nonCancellable(() => light.finishRun({ run: task.run, state, reason }))
    throw error
  }
}

function startBuilds(outline: RunOutline): Map<string, Promise<BuildResult>> {
  const builds = new Map<string, Promise<BuildResult>>()
  for (const { task, built } of outline.builds) {
    const result = built ? Promise.resolve({ id: task.id, ok: true, infra: false, message: '' }) : awaitBuild(task)
    // Somebody awaits it later, perhaps after it failed: until then the rejection must not count as unhandled.
    result.catch(() => {})
    builds.set(task.id, result)
  }
  return builds
}
