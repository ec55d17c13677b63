import { cellDetail } from '../store/details.ts'
import type { LeasedAttempt } from '../workflows/contracts.ts'
import { onHeldPlace } from './held-place.ts'
import { whileHolding } from './place-lease.ts'
import type { Deps } from './deps.ts'

/**
 * Switches an attempt's place off, sees that it is off, and takes back what was flashed for this attempt alone.
 * @throws LabError PlaceBroken when nobody can say that it is off
 */
export async function powerOffPlace(deps: Deps, task: LeasedAttempt): Promise<void> {
  const { run } = await cellDetail(deps.store, task.run, task.cell)
  await whileHolding(deps, task.held, { step: 'power off' }, async (_report, signal) => {
    await onHeldPlace(deps, run, task, async (place) => {
      await place.off(signal)
      await place.clear(signal)
    })
  })
}
