import { CancellationScope, isCancellation, patched, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import type { AttemptResult, AttemptTask, CellTask, HeldPlace } from './contracts.ts'
import { booting, flashing, leasing, puttingAway } from './options.ts'
import { reasonOf } from './reason-of.ts'

/** The attempts of a cell on places of a lab. */
export interface LeasedAttempts {
  /** Makes one, when the place of the one before has been put away. @throws what its steps throw, when its place has been put away */
  make: (which: AttemptTask) => Promise<AttemptResult>
  /** Resolves when the last place has been put away. */
  away: () => Promise<void>
}

/**
 * An attempt on a place of a lab: lease, flash, boot and probe, power off and see that it is off, release. Whatever breaks, and
 * also on cancel, the place is switched off and given back. Nobody who wants the result of a boot waits for that: what it
 * showed is known, and the boot itself has switched the place off already.
 */
export function leasedAttempts({ lab, host }: CellTask): LeasedAttempts {
  const queue = queues.places(lab, host)
  const { leasePlace } = proxyActivities<Pick<Activities, 'leasePlace'>>(leasing(queue))
  const { flashPlace } = proxyActivities<Pick<Activities, 'flashPlace'>>(flashing(queue))
  const { bootAttempt } = proxyActivities<Pick<Activities, 'bootAttempt'>>(booting(queue))
  const steps = proxyActivities<Pick<Activities, 'powerOffPlace' | 'releasePlace'>>(puttingAway(queue))
  const putAway = async (which: AttemptTask, held: HeldPlace): Promise<void> => {
    try {
      await steps.powerOffPlace({ ...which, held })
    } catch (error) {
      // Nobody may boot on it, and nobody may be kept waiting for it: it is given back as suspect.
      return await steps.releasePlace({ ...which, held, broken: reasonOf(error) })
    }
    await steps.releasePlace({ ...which, held })
  }
  let away = Promise.resolve()
  const make = async (which: AttemptTask): Promise<AttemptResult> => {
    await away
    const held = await leasePlace(which)
    let result: AttemptResult | undefined
    try {
      const flashed = await flashPlace({ ...which, held })
      result = await bootAttempt({ ...which, held, flashed })
      return result
    } finally {
      // What cannot be put away must not hide how the attempt ended.
      away = CancellationScope.nonCancellable(() => putAway(which, held)).catch((error: unknown) => {
        if (isCancellation(error)) throw error
      })
      // Awaited later, perhaps after it failed.
      away.catch(() => undefined)
      if (result === undefined || !patched('judged-while-put-away')) await away
    }
  }
  return { make, away: () => away }
}
