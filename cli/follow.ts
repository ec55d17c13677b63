import type { RunEvent } from '../domain/events.ts'
import { watchChanges } from '../store/changes.ts'
import { eventsAfter, type LabEvent } from '../store/events.ts'
import { runDetail } from '../store/details.ts'
import type { Store } from '../store/store.ts'

export type Happened = LabEvent & RunEvent

/**
 * The events of a run from its beginning, as they come, until it has ended.
 * @param signal stops the following; the run goes on.
 */
export async function* followRun(store: Store, run: number, signal: AbortSignal): AsyncGenerator<Happened> {
  const changes = watchChanges(store)
  try {
    for (let seen = 0; ;) {
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
      await changes.next(signal)
    }
  } finally {
    changes.close()
  }
}
