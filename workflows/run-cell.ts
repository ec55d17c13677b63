import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow'
import { ApplicationFailure } from '@temporalio/common'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import { counts } from '../domain/verdict/counts.ts'
import type { AttemptResult, CellResult, CellTask } from './contracts.ts'
import { bookkeeping, booting, closing } from './options.ts'
import { endedByItsWorker, reasonOf } from './reason-of.ts'

const { judgeCell } = proxyLocalActivities<Pick<Activities, 'judgeCell'>>(bookkeeping)

/** One cell: attempts until enough of them count or infrastructure broke too often, then the verdict. */
export async function runCell(task: CellTask): Promise<CellResult> {
  const host = queues.host(task.lab, task.host)
  const { bootAttempt } = proxyActivities<Pick<Activities, 'bootAttempt'>>(booting(host))
  const { closeLostAttempt } = proxyActivities<Pick<Activities, 'closeLostAttempt'>>(closing(host))
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
    if (counts(ending)) counted++
    else broken++
    if (hopeless) break
  }
  return { cell: task.number, verdict: await judgeCell({ run: task.run, cell: task.number }) }
}

/** Nothing that another attempt would find changed: a module that was not built, a target that cannot be. */
function isHopeless(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.nonRetryable === true &&
    !endedByItsWorker(error.cause)
  )
}
