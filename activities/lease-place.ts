import { LabError } from '../domain/errors.ts'
import { placesFor, whyNoneFits } from '../domain/lab/fitting.ts'
import { placeKey } from '../domain/lab/place-key.ts'
import { nextEnd, type LeaseRequest } from '../domain/lease/lease.ts'
import { restAfter, type Rest } from '../domain/lease/rest.ts'
import { isLeased } from '../domain/target.ts'
import { watchChanges, type Changes } from '../store/changes.ts'
import { cellDetail } from '../store/details.ts'
import { placeStates, releaseLease, requestLease, setSuspect } from '../store/leases.ts'
import type { Run } from '../store/runs.ts'
import type { AttemptTask, HeldPlace, LeaseTask } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import { requireRoom } from './keeping/look-at-room.ts'
import { labOf } from './lab-of.ts'
import { lookAtPlace } from './look-at-place.ts'
import { leaseMs } from './place-lease.ts'
import type { Deps } from './deps.ts'
import { Reporter } from './reporter.ts'

/**
 * Waits for a place that fits the cell's target, and takes it. A place on which this cell's attempts ended in infra comes
 * last, for another of its class may be sound, and after several of them in a row only after a rest that grows. A suspect one
 * is looked at when nothing else is free, and taken if it is healthy. One that takes turns with other cells waits for the
 * place that they had.
 * @throws LabError NoRoom when there is no room for what an attempt leaves; BadInput when no place of the lab would ever do;
 * PlaceBroken when none of those that would is healthy
 */
export async function leasePlace(deps: Deps, task: LeaseTask): Promise<HeldPlace> {
  const { store } = deps
  await requireRoom(deps)
  const { cell, run } = await cellDetail(store, task.run, task.cell)
  const { target } = cell.cell
  if (!isLeased(target)) throw new LabError('BadInput', `The target ${target.name} is no place of a lab.`)
  const inventory = await labOf(deps, run)
  const none = whyNoneFits(inventory, target)
  if (none !== undefined) throw new LabError('BadInput', none)
  const broke = new Set(cell.attempts.flatMap(({ place, end }) => (end?.ending === 'infra' ? [place] : [])))
  const firmware = cell.cell.stack.recipe === undefined ? 'installed' : 'takes'
  const fitting = placesFor(inventory, target)
    .filter((place) => target.kind === 'fvp' || place.firmware === firmware)
    .map(({ name }) => placeKey(inventory, name))
  const places = task.on !== undefined && fitting.includes(task.on) ? [task.on] : fitting
  const attempt = `${task.run}.${task.cell}.${task.attempt}`
  const request: LeaseRequest = {
    places: places.toSorted((a, b) => Number(broke.has(a)) - Number(broke.has(b))),
    holder: `attempt ${attempt}`,
    why: `${run.plan}, ${cell.cell.id}`,
    forMs: leaseMs,
  }
  const reporter = new Reporter(store, { run: task.run, cell: task.cell, attempt: task.attempt })
  const wish = new PlaceWish(deps, run, task, request, reporter)
  const rest = restAfter(cell.attempts.flatMap(({ end }) => (end === null ? [] : [end])))
  const changes = watchChanges(store)
  try {
    return await whileBeating(1_000, { waitingFor: places.join(' or ') }, async (_report, signal) => {
      const sound = rest && (await wish.takeSound(rest, broke, changes, signal))
      if (sound) return sound
      for (let waited = false; ; waited = true) {
        signal.throwIfAborted()
        const held = await wish.take()
        if (held) return held
        if (!waited) reporter.tell('say', { text: await whoHas(deps, places) })
        await changes.next(signal)
      }
    })
  } finally {
    changes.close()
    await reporter.flush()
  }
}

/** One attempt's wish for a place, a sound one first. */
class PlaceWish {
  readonly #deps: Deps
  readonly #run: Run
  readonly #task: AttemptTask
  readonly #request: LeaseRequest
  readonly #reporter: Reporter
  /** The places that this attempt has found ill, and what they did. */
  readonly #ill = new Map<string, string>()

  constructor(deps: Deps, run: Run, task: AttemptTask, request: LeaseRequest, reporter: Reporter) {
    this.#deps = deps
    this.#run = run
    this.#task = task
    this.#request = request
    this.#reporter = reporter
  }

  /**
   * Takes a free place; where there is none, a free suspect one that turns out to be healthy.
   * @returns undefined while all that may do are held
   * @throws LabError PlaceBroken when every place that would do was found ill
   */
  async take(): Promise<HeldPlace | undefined> {
    const { store } = this.#deps
    for (;;) {
      const lease =
        (await requestLease(store, this.#request, Date.now())) ??
        (await requestLease(store, { ...this.#request, places: this.#untried, evenSuspect: true }, Date.now()))
      if (!lease) break
      const held = { place: lease.place, fence: lease.fence }
      // One that was being looked at by a worker that died is this attempt's already, and no healthier for that.
      const why = (await placeStates(store)).find(({ place }) => place === held.place)?.suspect ?? null
      if (why === null || (await this.#isHealthy(held, why))) return held
    }
    if (this.#untried.length > 0) return undefined
    throw new LabError('PlaceBroken', `No place is healthy: ${[...this.#ill.values()].join(' ')}`)
  }

  /**
   * Takes a place on which this cell's attempts did not break, while those on which they did are at rest.
   * @returns undefined when the rest is over
   */
  async takeSound(
    { until, broken }: Rest,
    broke: ReadonlySet<string>,
    changes: Changes,
    signal: AbortSignal,
  ): Promise<HeldPlace | undefined> {
    const { places, ...request } = this.#request
    const sound = places.filter((place) => !broke.has(place))
    for (let told = false; ; told = true) {
      signal.throwIfAborted()
      const left = until - Date.now()
      if (left <= 0) return undefined
      const lease = await requestLease(this.#deps.store, { ...request, places: sound }, Date.now())
      if (lease) return { place: lease.place, fence: lease.fence }
      const other = sound.length === 0 ? '' : ', or as soon as another place is free'
      const text = `The lab broke ${broken} attempts in a row: the next one is made in ${Math.ceil(left / 1000)} s${other}.`
      if (!told) this.#reporter.tell('say', { text })
      await changes.next(AbortSignal.any([signal, AbortSignal.timeout(left)]))
    }
  }

  get #untried(): string[] {
    return this.#request.places.filter((place) => !this.#ill.has(place))
  }

  async #isHealthy(held: HeldPlace, why: string): Promise<boolean> {
    const { place } = held
    const say = (text: string): void => this.#reporter.tell('say', { text })
    say(`${place} is suspect (${why}) and no other place is free: it is looked at.`)
    let healthy = false
    try {
      const seen = await lookAtPlace(this.#deps, this.#run, { ...this.#task, held })
      await setSuspect(this.#deps.store, place, null)
      say(`${place} is no longer suspect. ${seen}`)
      healthy = true
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== 'PlaceBroken') throw error
      this.#ill.set(place, `${place}: ${error.message}`)
      await setSuspect(this.#deps.store, place, error.message)
      say(`${place} stays suspect: ${error.message}`)
    } finally {
      if (!healthy) await releaseLease(this.#deps.store, held)
    }
    return healthy
  }
}

/** Why the attempt waits: one sentence. */
async function whoHas({ store }: Deps, places: string[]): Promise<string> {
  const states = (await placeStates(store)).filter(({ place }) => places.includes(place))
  const said = states.map(({ place, lease, suspect }) => {
    if (suspect !== null) return `${place} is suspect (${suspect})`
    return lease === null
      ? `${place} is free`
      : `${place} is ${lease.holder.startsWith('reserved by') ? '' : 'with '}${lease.holder} (${lease.why})`
  })
  const until = nextEnd(states, places)
  const time = until === undefined ? '' : new Date(until).toISOString().slice(0, 16).replace('T', ' ')
  const at = until === undefined ? '' : `, until ${time} UTC unless that is prolonged`
  return `Waiting for a place: ${said.join('; ')}${at}.`
}
