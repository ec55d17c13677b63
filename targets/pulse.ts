import { longestStandstill, noticedStandstill } from '../domain/standstill.ts'

/** How often QEMU is asked, milliseconds. */
const beatMs = 1_000

/** A beat that is this late, milliseconds, was held up with this process, or with the whole host. */
const heldUp = 1_000

/** Who is told of a target that does not run. */
export interface PulseWatch {
  /** For so many milliseconds until now QEMU gave no answer, or this process could not have heard one. */
  still(milliseconds: number, now: number): void
  /** It has given none for so long that the attempt is worth nothing any more; once, in seconds. */
  dead(seconds: number): void
}

/**
 * Asks QEMU again and again whether it still runs, and keeps the longest time for which it did not, or for which this
 * process could not ask: a stopped or starved process, a host that was suspended or moved. The clock of a guest under TCG
 * is the host's (QEMU_CLOCK_VIRTUAL, docs/devel/tcg-icount.rst, 10.0) and goes on meanwhile, so that the kernel finds
 * itself stalled when it goes on.
 */
export class Pulse {
  readonly #ask: () => Promise<unknown>
  readonly #watch: PulseWatch
  #timer: NodeJS.Timeout | undefined
  #askedAt: number | undefined
  #missed = 0
  #longest = 0

  /** @param ask answered by QEMU's main loop; it is no matter what it answers */
  constructor(ask: () => Promise<unknown>, watch: PulseWatch) {
    this.#ask = ask
    this.#watch = watch
    this.#plan()
  }

  /** The longest standstill so far, seconds; undefined while none was worth a word. */
  get stoodStill(): number | undefined {
    const longest = Math.max(this.#longest, this.#unanswered(performance.now()))
    return longest < noticedStandstill ? undefined : longest
  }

  /** Asks no more. */
  end(): void {
    clearTimeout(this.#timer)
  }

  #plan(): void {
    const planned = performance.now() + beatMs
    this.#timer = setTimeout(() => this.#beat(planned), beatMs)
  }

  #beat(planned: number): void {
    const now = performance.now()
    const late = now - planned
    this.#longest = Math.max(this.#longest, late / 1000)
    // What was said meanwhile lies in our pipes: whoever is told now knows of it before its silence counts.
    if (late > heldUp) this.#watch.still(late, now)
    if (this.#askedAt === undefined) this.#question(now)
    else {
      this.#missed++
      this.#watch.still(beatMs, now)
      // Counted in beats of our own, so that time in which we did not run is not held against QEMU.
      if ((this.#missed * beatMs) / 1000 >= longestStandstill) return this.#watch.dead(this.#unanswered(now))
    }
    this.#plan()
  }

  #question(now: number): void {
    this.#askedAt = now
    const answered = (): void => {
      this.#longest = Math.max(this.#longest, this.#unanswered(performance.now()))
      this.#askedAt = undefined
      this.#missed = 0
    }
    // A QEMU that has gone answers nothing more, and that is seen elsewhere.
    this.#ask().then(answered, answered)
  }

  #unanswered(now: number): number {
    return this.#askedAt === undefined ? 0 : (now - this.#askedAt) / 1000
  }
}
