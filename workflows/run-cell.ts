import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  rootCause,
} from '@temporalio/workflow'
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import type { AttemptResult, CellResult, CellTask } from './contracts.ts'
import { booting, bookkeeping } from './options.ts'

const { closeLostAttempt } = proxyActivities<Pick<Activities, 'closeLostAttempt'>>(bookkeeping)
const { judgeCell } = proxyLocalActivities<Pick<Activities, 'judgeCell'>>(bookkeeping)

/** The endings that say nothing about the kernel: such an attempt is kept and shown, and another one is made. */
const uncounted = new Set(['infra', 'tainted', 'cancelled'])

/** One cell: attempts until enough of them count or infrastructure broke too often, then the verdict. */
export async function runCell(task: CellTask): Promise<CellResult> {
  const { bootAttempt } = proxyActivities<Pick<Activities, 'bootAttempt'>>(booting(queues.host(task.lab, task.host)))
  const attempt = async (number: number): Promise<AttemptResult & { hopeless?: boolean }> => {
    const which = { run: task.run, cell: task.number, attempt: number }
    try {
      return await bootAttempt(which)
    } catch (error) {
      const lost = { ...which, reason: reasonOf(error) }
      // Also on cancel: the attempt's row must not stay open, whether or not its worker lived to close it.
      const closed = await CancellationScope.nonCancellable(() => closeLostAttempt(lost))
      if (isCancellation(error)) throw error
      return { ...closed, hopeless: isHopeless(error) }
    }
  }
  let counted = 0
  let broken = 0
  for (let number = 1; counted < task.count && broken <= task.infra; number++) {
    const { ending, hopeless } = await attempt(number)
    if (uncounted.has(ending)) broken++
    else counted++
    if (hopeless) break
  }
  return { cell: task.number, verdict: await judgeCell({ run: task.run, cell: task.number }) }
}

/** Nothing that another attempt would find changed: a module that was not built, a target that cannot be. */
function isHopeless(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.nonRetryable === true
  )
}

function reasonOf(error: unknown): string {
  if (isCancellation(error)) return 'cancelled'
  if (error instanceof ActivityFailure && error.cause instanceof TimeoutFailure)
    return error.cause.timeoutType === 'HEARTBEAT'
      ? 'the worker that ran the attempt fell silent: it died, or it lost the server'
      : `the attempt ran into its ${error.cause.timeoutType} time limit`
  return rootCause(error) ?? String(error)
}
