import { CancellationScope, isCancellation, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import type { AttemptResult, AttemptTask, CellTask, LeasedAttempt } from './contracts.ts'
import { booting, flashing, leasing } from './options.ts'
import { puttingPlacesAway } from './put-away.ts'

/**
 * One attempt on a place of a lab: lease, flash, boot and probe, power off and see that it is off, release. Whatever breaks,
 * and also on cancel, the place is switched off and given back.
 * @param keep asked after an attempt that has ended by itself; what it keeps, by true, is not put away
 * @returns a function that makes the attempt; it throws what its steps throw
 */
export function leasedAttempt(
  { lab, host }: CellTask,
  keep: (attempt: LeasedAttempt, result: AttemptResult) => Promise<boolean>,
): (which: AttemptTask) => Promise<AttemptResult> {
  const queue = queues.places(lab, host)
  const { leasePlace } = proxyActivities<Pick<Activities, 'leasePlace'>>(leasing(queue))
  const { flashPlace } = proxyActivities<Pick<Activities, 'flashPlace'>>(flashing(queue))
  const { bootAttempt } = proxyActivities<Pick<Activities, 'bootAttempt'>>(booting(queue))
  const putAway = puttingPlacesAway(queue)
  return async (which) => {
    const attempt = { ...which, held: await leasePlace(which) }
    let kept = false
    try {
      const flashed = await flashPlace(attempt)
      const result = await bootAttempt({ ...attempt, flashed })
      kept = await keep(attempt, result)
      return result
    } finally {
      // What cannot be put away must not hide how the attempt ended.
      if (!kept)
        await CancellationScope.nonCancellable(() => putAway(attempt)).catch((error: unknown) => {
          if (isCancellation(error)) throw error
        })
    }
  }
}
