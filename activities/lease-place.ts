import { LabError } from '../domain/errors.ts'
import { placesFor, whyNoneFits } from '../domain/lab/fitting.ts'
import { placeKey } from '../domain/lab/place-key.ts'
import { nextEnd, type LeaseRequest } from '../domain/lease/lease.ts'
import { isLeased } from '../domain/target.ts'
import { watchChanges } from '../store/changes.ts'
import { cellDetail } from '../store/details.ts'
import { placeStates, requestLease } from '../store/leases.ts'
import type { AttemptTask, HeldPlace } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import { labOf } from './lab-of.ts'
import { leaseMs } from './place-lease.ts'
import type { Deps } from './registry.ts'
import { Reporter } from './reporter.ts'

/**
 * Waits for a place that fits the cell's target, and takes it. A place on which this cell's attempts ended in infra comes
 * last: another of its class may be sound.
 * @throws LabError BadInput when no place of the lab would ever do
 */
export async function leasePlace(deps: Deps, task: AttemptTask): Promise<HeldPlace> {
  const { store } = deps
  const { cell, run } = await cellDetail(store, task.run, task.cell)
  const { target } = cell.cell
  if (!isLeased(target)) throw new LabError('BadInput', `The target ${target.name} is no place of a lab.`)
  const inventory = await labOf(deps, run)
  const none = whyNoneFits(inventory, target)
  if (none !== undefined) throw new LabError('BadInput', none)
  const broke = new Set(cell.attempts.flatMap(({ place, end }) => (end?.ending === 'infra' ? [place] : [])))
  const firmware = cell.cell.stack.recipe === undefined ? 'installed' : 'takes'
  const places = placesFor(inventory, target)
    .filter((place) => target.kind === 'fvp' || place.firmware === firmware)
    .map(({ name }) => placeKey(inventory, name))
  const attempt = `${task.run}.${task.cell}.${task.attempt}`
  const request: LeaseRequest = {
    places: places.toSorted((a, b) => Number(broke.has(a)) - Number(broke.has(b))),
    holder: `attempt ${attempt}`,
    why: `${run.plan}, ${cell.cell.id}`,
    forMs: leaseMs,
  }
  const reporter = new Reporter(store, { run: task.run, cell: task.cell, attempt: task.attempt })
  const changes = watchChanges(store)
  try {
    return await whileBeating(1_000, { waitingFor: places.join(' or ') }, async (_report, signal) => {
      for (let waited = false; ; waited = true) {
        signal.throwIfAborted()
        const lease = await requestLease(store, request, Date.now())
        if (lease) return { place: lease.place, fence: lease.fence }
        if (!waited) reporter.tell('say', { text: await whoHas(deps, places) })
        await changes.next(signal)
      }
    })
  } finally {
    changes.close()
    await reporter.flush()
  }
}

/** Why the attempt waits: one sentence. */
async function whoHas({ store }: Deps, places: string[]): Promise<string> {
  const states = (await placeStates(store)).filter(({ place }) => places.includes(place))
  const said = states.map(({ place, lease, suspect }) => {
    if (suspect !== null) return `${place} is suspect (${suspect})`
    return lease === null ? `${place} is free` : `${lease.holder} has ${place} (${lease.why})`
  })
  const until = nextEnd(states, places)
  const at = until === undefined ? '' : `, at the latest until ${new Date(until).toISOString()} unless it is renewed`
  return `Waiting for a place: ${said.join('; ')}${at}.`
}
