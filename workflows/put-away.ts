import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import type { LeasedAttempt } from './contracts.ts'
import { puttingAway } from './options.ts'
import { reasonOf } from './reason-of.ts'

/**
 * @param queue that of the place's host
 * @returns a function that switches a place off, sees that it is off, and gives it back; one that stays on it gives back as suspect
 */
export function puttingPlacesAway(queue: string): (held: LeasedAttempt) => Promise<void> {
  const away = proxyActivities<Pick<Activities, 'powerOffPlace' | 'releasePlace'>>(puttingAway(queue))
  return async (held) => {
    try {
      await away.powerOffPlace(held)
    } catch (error) {
      // Nobody may boot on it, and nobody may be kept waiting for it: it is given back as suspect.
      return await away.releasePlace({ ...held, broken: reasonOf(error) })
    }
    await away.releasePlace(held)
  }
}
