import { setTimeout as delay } from 'node:timers/promises'
import type { RunEvent } from '../domain/events.ts'
import { eventsAfter, type LabEvent } from '../store/events.ts'
import { runDetail } from '../store/details.ts'
import type { Store } from '../store/store.ts'

export type Happened = LabEvent & RunEvent

/** How often the store is asked. SQLite tells no other process that it has changed; a query costs well under 1 ms. */
const everyMs = 50

/**
 * The events of a run from its beginning, as they come, until it has ended.
 * @param signal stops the following; the run goes on.
 */
export async function* followRun(store: Store, run: number, signal: AbortSignal): AsyncGenerator<Happened> {
  let seen = 0
  for (;;) {
    const events = await eventsAfter(store, run, seen)
    for (const event of events) {
      seen = event.seq
      yield event as Happened
      if (event.kind === 'run-ended') return
    }
    if (events.length > 0) continue
    // A run that was closed by a hyplab that died before it wrote the event has ended all the same.
    if ((await runDetail(store, run)).run.state !== 'running' && (await eventsAfter(store, run, seen)).length === 0)
      return
    if (signal.aborted) return
    await delay(everyMs, undefined, { signal }).catch(() => {})
  }
}
