import { mkdir } from 'node:fs/promises'
import { LabError } from '../domain/errors.ts'
import { placeWithKey } from '../domain/lab/place-key.ts'
import type { Run } from '../store/runs.ts'
import { labLog, unnoted, type NoteLab } from '../targets/lab-log.ts'
import type { LeasedAttempt } from '../workflows/contracts.ts'
import { attemptFolder } from './attempt-place.ts'
import { onHeldPlace } from './held-place.ts'
import { labOf } from './lab-of.ts'
import { whileHolding } from './place-lease.ts'
import type { Deps } from './deps.ts'

/**
 * Finds out whether a place is healthy that an attempt holds and that is suspect: a board by switching it on and off, a model by
 * asking it for its version. What came of it is noted for the attempt, which has not begun yet.
 * @returns what was seen: one sentence
 * @throws LabError PlaceBroken with what it did not do; StaleFence when the lease is over
 */
export async function lookAtPlace(deps: Deps, run: Run, task: LeasedAttempt): Promise<string> {
  const folder = attemptFolder(deps.folders.state, task)
  await mkdir(folder, { recursive: true })
  return await notedLook(labLog(folder), task.held.place, () => look(deps, run, task))
}

/** Looks at a place, and notes whether it is healthy. @param by what is looked at */
export async function notedLook(note: NoteLab, by: string, look: () => Promise<string>): Promise<string> {
  try {
    const words = await look()
    note({ about: 'health', by, is: 'healthy', words })
    return words
  } catch (error) {
    if (error instanceof LabError && error.code === 'PlaceBroken')
      note({ about: 'health', by, is: 'ill', words: error.message })
    throw error
  }
}

async function look(deps: Deps, run: Run, task: LeasedAttempt): Promise<string> {
  const inventory = await labOf(deps, run)
  const place = placeWithKey(inventory, task.held.place)
  const { model } = inventory.classes[place.class]!
  return await whileHolding(deps, task.held, { step: 'health check' }, async (_report, signal) => {
    if (!model) {
      const { checkHealth } = await import('../targets/place/check-health.ts')
      // What its outlet does meanwhile is no evidence for the attempt, which may have another place in the end.
      return await onHeldPlace(deps, run, task, (open) => checkHealth(open, place, signal), unnoted)
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
