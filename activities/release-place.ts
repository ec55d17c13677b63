import { holdsLease, releaseLease } from '../store/leases.ts'
import type { Release } from '../workflows/contracts.ts'
import type { Deps } from './deps.ts'
import { suspectPlace } from './suspect-place.ts'

/**
 * Gives a place back, as suspect where it could not be switched off or broke too often. One that was given back is somebody
 * else's to judge: it may have been found healthy since.
 */
export async function releasePlace(deps: Pick<Deps, 'store'>, { held, broken, ...attempt }: Release): Promise<void> {
  if (!(await holdsLease(deps.store, held))) return
  await suspectPlace(deps, attempt, held.place, broken)
  await releaseLease(deps.store, held)
}
