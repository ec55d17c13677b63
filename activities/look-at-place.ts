import { placeWithKey } from '../domain/lab/place-key.ts'
import type { Run } from '../store/runs.ts'
import type { LeasedAttempt } from '../workflows/contracts.ts'
import { onHeldPlace } from './held-place.ts'
import { labOf } from './lab-of.ts'
import { whileHolding } from './place-lease.ts'
import type { Deps } from './registry.ts'

/**
 * Finds out whether a place is healthy that an attempt holds and that is suspect: a board by switching it on and off, a model by
 * asking it for its version.
 * @returns what was seen: one sentence
 * @throws LabError PlaceBroken with what it did not do; StaleFence when the lease is over
 */
export async function lookAtPlace(deps: Deps, run: Run, task: LeasedAttempt): Promise<string> {
  const inventory = await labOf(deps, run)
  const place = placeWithKey(inventory, task.held.place)
  const { model } = inventory.classes[place.class]!
  return await whileHolding(deps, task.held, { step: 'health check' }, async (_report, signal) => {
    if (!model) {
      const { checkHealth } = await import('../targets/place/check-health.ts')
      return await onHeldPlace(deps, run, task, (open) => checkHealth(open, place, signal))
    }
    const { checkModel } = await import('../targets/place/check-model.ts')
    const { linkHosts } = await import('../targets/hosts/host-links.ts')
    const links = linkHosts(inventory.hosts)
    try {
      return await checkModel(model, inventory.hosts[place.host]?.ssh && links.link(place.host), signal)
    } finally {
      await links.close()
    }
  })
}
