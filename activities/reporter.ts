import type { RunEvent } from '../domain/events.ts'
import { addEvent } from '../store/events.ts'
import type { Store } from '../store/store.ts'

type Kind = RunEvent['kind']
type DataOf<K extends Kind> = Extract<RunEvent, { kind: K }>['data']

/**
 * Writes events in the order in which they were told, without holding up whoever tells them: a stage is reached in the
 * middle of a capture. An event is for people who watch; one that cannot be written costs no attempt and no build.
 */
export class Reporter {
  readonly #store: Store
  readonly #of: { run?: number; cell?: number; attempt?: number; build?: string }
  #queue: Promise<unknown> = Promise.resolve()

  constructor(store: Store, of: { run?: number; cell?: number; attempt?: number; build?: string }) {
    this.#store = store
    this.#of = of
  }

  tell<K extends Kind>(kind: K, data: DataOf<K>): void {
    const time = Date.now()
    this.#queue = this.#queue.then(() => addEvent(this.#store, { ...this.#of, time, kind, data })).catch(() => {})
  }

  /** Resolves when all that was told is written. */
  async flush(): Promise<void> {
    await this.#queue
  }
}
