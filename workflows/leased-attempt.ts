import { CancellationScope, isCancellation, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import type { AttemptResult, AttemptTask, CellTask, HeldPlace } from './contracts.ts'
import { booting, flashing, leasing, puttingAway } from './options.ts'
import { reasonOf } from './reason-of.ts'

/**
 * One attempt on a place of a lab: lease, flash, boot and probe, power off and see that it is off, release. Whatever breaks,
 * and also on cancel, the place is switched off and given back.
 * @returns a function that makes the attempt; it throws what its steps throw
 */
export function leasedAttempt({ lab, host }: CellTask): (which: AttemptTask) => Promise<AttemptResult> {
  const queue = queues.places(lab, host)
  const { leasePlace } = proxyActivities<Pick<Activities, 'leasePlace'>>(leasing(queue))
  const { flashPlace } = proxyActivities<Pick<Activities, 'flashPlace'>>(flashing(queue))
  const { bootAttempt } = proxyActivities<Pick<Activities, 'bootAttempt'>>(booting(queue))
  const away = proxyActivities<Pick<Activities, 'powerOffPlace' | 'releasePlace'>>(puttingAway(queue))
  const putAway = async (which: AttemptTask, held: HeldPlace): Promise<void> => {
    try {
      await away.powerOffPlace({ ...which, held })
    } catch (error) {
      // Nobody may boot on it, and nobody may be kept waiting for it: it is given back as suspect.
      return await away.releasePlace({ ...which, held, broken: reasonOf(error) })
    }
    await away.releasePlace({ ...which, held })
  }
  return async (which) => {
    const held = await leasePlace(which)
    try {
      const flashed = await flashPlace({ ...which, held })
      return await bootAttempt({ ...which, held, flashed })
    } finally {
      // What cannot be put away must not hide how the attempt ended.
      await CancellationScope.nonCancellable(() => putAway(which, held)).catch((error: unknown) => {
        if (isCancellation(error)) throw error
      })
    }
  }
}
