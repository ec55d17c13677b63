import { releaseLease } from '../store/leases.ts'
import type { Release } from '../workflows/contracts.ts'
import type { Deps } from './deps.ts'
import { suspectPlace } from './suspect-place.ts'

/** Gives a place back, as suspect where it could not be switched off or broke too often. */
export async function releasePlace(deps: Pick<Deps, 'store'>, { held, broken, ...attempt }: Release): Promise<void> {
  await suspectPlace(deps, attempt, held.place, broken)
  await releaseLease(deps.store, held)
}
