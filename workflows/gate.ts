import { CancellationScope } from '@temporalio/workflow'

/**
 * Lets so many in at once, the others in the order in which they came. Each that leaves lets in one: with `condition`
 * everybody who waits is asked again, and for 500 cells that was 50 ms of each workflow task.
 */
export class Gate {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Resolves when it is one's turn. @throws CancelledFailure when the scope is cancelled before */
  async enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.add(resolve)
    CancellationScope.current().cancelRequested.catch((error: unknown) => {
      if (this.#waiting.delete(resolve)) reject(error as Error)
    })
    await promise
  }

  leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free++
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
