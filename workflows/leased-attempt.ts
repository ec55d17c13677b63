import { CancellationScope, isCancellation, patched, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import { counts } from '../domain/verdict/counts.ts'
import type { AttemptResult, AttemptTask, CellTask, LeasedAttempt } from './contracts.ts'
import { booting, flashing, leasing } from './options.ts'
import { puttingPlacesAway } from './put-away.ts'

/** The attempts of a cell on places of a lab. */
export interface LeasedAttempts {
  /** Makes one, when the place of the one before has been put away. @throws what its steps throw, when its place has been put away */
  make: (which: AttemptTask) => Promise<AttemptResult>
  /** Resolves when the last place has been put away. */
  away: () => Promise<void>
}

/** The place that attempts of several cells are to be made on, once one of them has one. */
export interface SharedPlace {
  /** `lab/place`; absent before the first attempt, and after one that the place may have broken. */
  name?: string
}

/**
 * An attempt on a place of a lab: lease, flash, boot and probe, power off and see that it is off, release. Whatever breaks, and
 * also on cancel, the place is switched off and given back. Nobody who wants the result of a boot waits for that: what it
 * showed is known, and the boot itself has switched the place off already.
 * @param keep asked after an attempt that has ended by itself; what it keeps, by true, is not put away
 * @param shared where the cell is to be on the same place as others
 */
export function leasedAttempts(
  { lab, host }: CellTask,
  keep: (attempt: LeasedAttempt, result: AttemptResult) => Promise<boolean>,
  shared: SharedPlace = {},
): LeasedAttempts {
  const queue = queues.places(lab, host)
  const { leasePlace } = proxyActivities<Pick<Activities, 'leasePlace'>>(leasing(queue))
  const { flashPlace } = proxyActivities<Pick<Activities, 'flashPlace'>>(flashing(queue))
  const { bootAttempt } = proxyActivities<Pick<Activities, 'bootAttempt'>>(booting(queue))
  const putAway = puttingPlacesAway(queue)
  let away = Promise.resolve()
  const make = async (which: AttemptTask): Promise<AttemptResult> => {
    await away
    const { name: on } = shared
    const attempt = { ...which, held: await leasePlace({ ...which, ...(on !== undefined && { on }) }) }
    let result: AttemptResult | undefined
    let kept = false
    try {
      const flashed = await flashPlace(attempt)
      result = await bootAttempt({ ...attempt, flashed })
      if (counts(result.ending)) shared.name = attempt.held.place
      kept = await keep(attempt, result)
      return result
    } finally {
      // Nobody else has a board that is kept.
      if (kept || result === undefined || !counts(result.ending)) delete shared.name
      if (!kept) {
        // What cannot be put away must not hide how the attempt ended.
        away = CancellationScope.nonCancellable(() => putAway(attempt)).catch((error: unknown) => {
          if (isCancellation(error)) throw error
        })
        // Awaited later, perhaps after it failed.
        away.catch(() => undefined)
        if (result === undefined || !patched('judged-while-put-away')) await away
      }
    }
  }
  return { make, away: () => away }
}
