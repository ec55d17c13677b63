import { join } from 'node:path'
import type { LabPlace } from '../domain/lab/inventory.ts'
import { placeWithKey } from '../domain/lab/place-key.ts'
import type { Run } from '../store/runs.ts'
import type { OpenPlace } from '../targets/place/place.ts'
import type { LeasedAttempt } from '../workflows/contracts.ts'
import { labOf } from './lab-of.ts'
import { requireLease } from './place-lease.ts'
import { labLog, type NoteLab } from '../targets/lab-log.ts'
import { attemptFolder } from './attempt-place.ts'
import type { Deps } from './deps.ts'

/**
 * Opens the place that an attempt holds, with what the lab does there noted for it, and lets go of whatever was opened when the work is done. Nothing is switched or
 * written there without the lease.
 * @param note who takes what the lab does; the attempt's own log when left out
 */
export async function onHeldPlace<Result>(
  deps: Deps,
  run: Run,
  task: LeasedAttempt,
  work: (open: OpenPlace, place: LabPlace) => Promise<Result>,
  note: NoteLab = labLog(attemptFolder(deps.folders.state, task)),
): Promise<Result> {
  const { run: number, cell, attempt, held } = task
  const inventory = await labOf(deps, run)
  // Loaded here, because a worker without a lab starts sooner without it.
  const { openPlace } = await import('../targets/place/open-place.ts')
  const place = placeWithKey(inventory, held.place)
  const open = openPlace({
    inventory,
    place,
    folder: join(deps.folders.state, 'labs'),
    attempt: `${number}.${cell}.${attempt}`,
    mayCommand: () => requireLease(deps, held),
    note,
  })
  try {
    return await work(open, place)
  } finally {
    await open.close()
  }
}
