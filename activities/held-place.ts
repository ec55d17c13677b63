import { join } from 'node:path'
import { placeWithKey } from '../domain/lab/place-key.ts'
import type { Run } from '../store/runs.ts'
import type { OpenPlace } from '../targets/place/open-place.ts'
import type { LeasedAttempt } from '../workflows/contracts.ts'
import { labOf } from './lab-of.ts'
import { requireLease } from './place-lease.ts'
import type { Deps } from './registry.ts'

/**
 * Opens the place that an attempt holds, and lets go of whatever was opened when the work is done. Nothing is switched or
 * written there without the lease.
 */
export async function onHeldPlace<Result>(
  deps: Deps,
  run: Run,
  { run: number, cell, attempt, held }: LeasedAttempt,
  work: (place: OpenPlace) => Promise<Result>,
): Promise<Result> {
  const inventory = await labOf(deps, run)
  // Loaded here, because a worker without a lab starts sooner without it.
  const { openPlace } = await import('../targets/place/open-place.ts')
  const place = openPlace({
    inventory,
    place: placeWithKey(inventory, held.place),
    folder: join(deps.folders.state, 'labs'),
    attempt: `${number}.${cell}.${attempt}`,
    mayCommand: () => requireLease(deps, held),
  })
  try {
    return await work(place)
  } finally {
    await place.close()
  }
}
