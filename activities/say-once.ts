import { lastSaid } from '../store/events.ts'
import type { Store } from '../store/store.ts'
import { Reporter } from './reporter.ts'

/**
 * Says something of a run, a cell or an attempt unless it was what was said of it last: a step that is done again, because its
 * worker died, has said it already.
 */
export async function sayOnce(
  store: Store,
  of: { run: number; cell?: number; attempt?: number },
  text: string,
): Promise<void> {
  if ((await lastSaid(store, of)) === text) return
  const reporter = new Reporter(store, of)
  reporter.tell('say', { text })
  await reporter.flush()
}
