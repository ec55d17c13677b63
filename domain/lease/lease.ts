/** The right to use a place until a time, with a fence that only grows: who comes with an older one is refused. */
export interface Lease {
  /** `lab/place`. */
  place: string
  fence: number
  /** Who holds it, e.g. `attempt 12.3.1`, and what for: one sentence. */
  holder: string
  why: string
  /** Milliseconds since 1970. */
  since: number
  until: number
}

/** What is known of a place: the last fence that was given, and who has it now. */
export interface PlaceState {
  place: string
  fence: number
  lease: Lease | null
  /** Why the place is not given before it is healthy again: one sentence. */
  suspect: string | null
}

/** A wish for one of several places. */
export interface LeaseRequest {
  /** Those that would do, best first. */
  places: readonly string[]
  holder: string
  why: string
  /** How long it may be held without being renewed, milliseconds. */
  forMs: number
  /** A suspect one would do, too: it is to be found out whether it is healthy. */
  evenSuspect?: true
}

/**
 * Takes what is known of all places (a place that is not among them was never given), a request and the time; returns the
 * lease that it gets, or undefined when all that would do are held or suspect. Who asks
 * again while holding one gets that one, suspect or not, and never for shorter.
 */
export function grant(states: readonly PlaceState[], request: LeaseRequest, now: number): Lease | undefined {
  const { places, holder, why, forMs, evenSuspect } = request
  const known = new Map(states.map((state) => [state.place, state]))
  const fits = states.filter(({ place }) => places.includes(place))
  const held = fits.find(({ lease }) => lease !== null && lease.holder === holder && lease.until > now)
  if (held?.lease) return { ...held.lease, until: Math.max(held.lease.until, now + forMs) }
  const free = places.find((place) => (evenSuspect ? !isHeld(known.get(place), now) : isFree(known.get(place), now)))
  if (free === undefined) return undefined
  const fence = (known.get(free)?.fence ?? 0) + 1
  return { place: free, fence, holder, why, since: now, until: now + forMs }
}

/** Whether a place can be given: nobody holds it any longer, and it is not suspect. */
export function isFree(state: PlaceState | undefined, now: number): boolean {
  return !isHeld(state, now) && (state?.suspect ?? null) === null
}

/** Whether somebody has a place now. */
export function isHeld(state: PlaceState | undefined, now: number): boolean {
  return (state?.lease ?? null) !== null && state!.lease!.until > now
}

/** When the first of some places may become free by itself, because its lease ends; undefined when none does. */
export function nextEnd(states: readonly PlaceState[], places: readonly string[]): number | undefined {
  const ends = states.flatMap(({ place, lease, suspect }) =>
    places.includes(place) && lease !== null && suspect === null ? [lease.until] : [],
  )
  return ends.length === 0 ? undefined : Math.min(...ends)
}
