import { LabError } from '../domain/errors.ts'
import { watchChanges } from '../store/changes.ts'
import { placeStates, renewLease } from '../store/leases.ts'
import type { LeasedAttempt } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import { leaseMs } from './place-lease.ts'
import type { Deps } from './deps.ts'

/** So long before the lease ends it is prolonged for the power-off: once it is over, anybody may take the place. */
const marginMs = 1_000

/**
 * Waits until the time is up for which a place was handed over to its runner, who may prolong it as any reservation.
 * @returns whether the place has to be switched off now; false when its runner has given it back, or it is somebody else's
 */
export async function keepPlace({ store }: Pick<Deps, 'store'>, { held }: LeasedAttempt): Promise<boolean> {
  const changes = watchChanges(store)
  try {
    return await whileBeating(1_000, { kept: held.place }, async (_report, signal) => {
      for (;;) {
        signal.throwIfAborted()
        const lease = (await placeStates(store)).find(({ place }) => place === held.place)?.lease
        if (lease?.fence !== held.fence) return false
        if (lease.until - Date.now() <= marginMs) return await isOurs(renewLease(store, held, Date.now() + leaseMs))
        await changes.next(AbortSignal.any([signal, AbortSignal.timeout(lease.until - Date.now() - marginMs / 2)]))
      }
    })
  } finally {
    changes.close()
  }
}

async function isOurs(renewed: Promise<void>): Promise<boolean> {
  try {
    await renewed
    return true
  } catch (error) {
    if (error instanceof LabError && error.code === 'StaleFence') return false
    throw error
  }
}
