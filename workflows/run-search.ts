import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { workflowIds } from '../domain/naming.ts'
import { BuildsAhead } from './builds-ahead.ts'
import { cellChild } from './cell-child.ts'
import type { BuildTask, RunResult, RunTask, SearchAttempt, SearchTask } from './contracts.ts'
import { bookkeeping, naming } from './options.ts'
import { reasonOf } from './reason-of.ts'

const light = proxyLocalActivities<Pick<Activities, 'closeUnbuiltCell' | 'finishRun'>>(bookkeeping)
const { nextAttempt } = proxyActivities<Pick<Activities, 'nextAttempt'>>(naming)

/**
 * A bisection or a rerun: one attempt after the other, each decided by those before, which are in the store. What is likely
 * to be booted next is built meanwhile.
 */
export async function runSearch(task: RunTask): Promise<RunResult> {
  const builds = new BuildsAhead()
  try {
    for (;;) {
      const next = await nextAttempt({ run: task.run, lab: task.lab })
      if (next.is === 'over') break
      await tryAll(task, next, builds)
    }
    await builds.drop()
    return await light.finishRun({ run: task.run, state: 'finished', reason: '' })
  } catch (error) {
    const state = isCancellation(error) ? 'cancelled' : 'failed'
    const reason = state === 'cancelled' ? 'cancelled' : reasonOf(error)
    await CancellationScope.nonCancellable(async () => {
      await builds.drop()
      await light.finishRun({ run: task.run, state, reason })
    })
    throw error
  }
}

async function tryAll(task: RunTask, next: Extract<SearchTask, { is: 'try' }>, builds: BuildsAhead): Promise<void> {
  const wanted = next.attempts.flatMap((one) => unbuilt(one))
  builds.dropAllBut([...wanted, ...next.ahead])
  const tried = await Promise.allSettled(next.attempts.map((one) => tryOne(task, one, next.ahead, builds)))
  const broken = tried.find((one) => one.status === 'rejected')
  if (broken) throw broken.reason
}

async function tryOne(
  task: RunTask,
  attempt: SearchAttempt,
  ahead: readonly BuildTask[],
  builds: BuildsAhead,
): Promise<void> {
  const { cell } = attempt
  const results = await Promise.all(unbuilt(attempt).map((build) => builds.result(build)))
  const failed = results.find((result) => !result.ok)
  if (failed) {
    const { infra, message } = failed
    return await light.closeUnbuiltCell({ run: task.run, cell: cell.number, infra, message })
  }
  builds.begin(ahead)
  await cellChild(task, cell, workflowIds.attempts(workflowInfo().workflowId, cell.number, cell.first))
}

function unbuilt({ builds }: SearchAttempt): BuildTask[] {
  return builds.filter(({ built }) => !built).map(({ task }) => task)
}
