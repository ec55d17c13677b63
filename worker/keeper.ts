import { setTimeout as delay } from 'node:timers/promises'
import { collectGarbage } from '../activities/keeping/collect-garbage.ts'
import type { Keeping } from '../activities/keeping/look-at-room.ts'
import { measureOnce } from '../activities/keeping/measure.ts'
import { roomInWords } from '../domain/keep/quantities.ts'
import { readKeepRules } from '../reading/read-keep.ts'
import { isCollectionDue } from '../store/keeping/due.ts'

/** How often it is asked whether a collection is due, milliseconds. */
const askMs = 60_000

/** Collects garbage by itself, once a day and after a night, for as long as the worker runs. */
export class Keeper {
  readonly #keeping: Keeping
  readonly #say: (text: string) => void
  readonly #over = new AbortController()

  constructor(keeping: Keeping, say: (text: string) => void) {
    this.#keeping = keeping
    this.#say = say
  }

  /** Collects whenever it is due, until `stop`. */
  async start(): Promise<void> {
    for (let wrong = ''; !this.#over.signal.aborted;) {
      try {
        await this.collectIfDue(Date.now())
        wrong = ''
      } catch (error) {
        const { message } = error as Error
        // What the admin has to mend is said once, not each minute.
        if (!this.#over.signal.aborted && message !== wrong) this.#say(`garbage is not collected: ${message}`)
        wrong = message
      }
      await delay(askMs, undefined, { signal: this.#over.signal, ref: false }).catch(() => undefined)
    }
  }

  stop(): void {
    this.#over.abort()
  }

  /**
   * Collects if it is due and the rules leave it to the service. @param now epoch ms
   * @returns whether it did
   */
  async collectIfDue(now: number): Promise<boolean> {
    const { folders, store } = this.#keeping
    const { budget, collect } = await readKeepRules(folders)
    if (budget !== undefined) await measureOnce(this.#keeping, now, this.#over.signal)
    if (collect !== 'daily' || !(await isCollectionDue(store, now))) return false
    const garbage = await collectGarbage(this.#keeping, { now, signal: this.#over.signal })
    if (garbage === undefined) return false
    const { artifacts, cache, removals } = garbage
    const bytes = artifacts.bytes + cache.trees.reduce((sum, tree) => sum + tree.bytes, 0)
    if (bytes > 0 || removals.length > 0) this.#say(`collected garbage: ${roomInWords(bytes)}`)
    return true
  }
}
