import type { RunEvent } from '../domain/events.ts'
import { watchChanges } from '../store/changes.ts'
import { eventsAfter, eventsWithin, progressOf, type LabEvent } from '../store/events.ts'
import type { Store } from '../store/store.ts'

export type Happened = LabEvent & RunEvent

/**
 * The events of a run from its beginning, as they come, until it has ended. A change of the store costs a look at one row
 * of it, whatever it was; events are read only when there are new ones, and nothing is read twice.
 * @param signal stops the following; the run goes on.
 * @throws LabError BadInput when there is no such run
 */
export async function* followRun(store: Store, run: number, signal: AbortSignal): AsyncGenerator<Happened> {
  const changes = watchChanges(store)
  try {
    for (let seen = 0; ;) {
      const { state, newest } = await progressOf(store, run)
      if (newest > seen) {
        // Of a store of a year, with a run that has just begun, there is nothing to be gone through but that run's.
        const isShort = newest - seen <= short
        const events = isShort
          ? await eventsWithin(store, run, seen, newest)
          : await eventsAfter(store, run, seen, short)
        for (const event of events) {
          yield event as Happened
          if (event.kind === 'run-ended') return
        }
        seen = isShort || events.length < short ? Math.max(newest, events.at(-1)?.seq ?? 0) : events.at(-1)!.seq
        continue
      }
      // A run that was closed by a hyplab that died before it wrote the event has ended all the same.
      if (state !== 'running' || signal.aborted) return
      await changes.next(signal)
    }
  } finally {
    changes.close()
  }
}

/** So many events of everybody are gone through at once. */
const short = 1000
