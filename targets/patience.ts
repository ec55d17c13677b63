import type { Stage } from '../domain/stage.ts'
import type { Pace } from '../domain/stage/pace.ts'

/** What a boot may be kept waiting for, seconds, before this host's history is looked at. */
export interface PatienceLimits {
  /** Without a byte on any channel. */
  silence: number
  /** In one stage, however much is said in it: a kernel that prints in a loop is never silent. */
  stage: number
  /** Without a byte after the target was told that it may power off. */
  grace: number
}

/** Why patience ran out. */
export interface Expired {
  kind: 'silence' | 'stage'
  stage: Stage
  /** Seconds that passed, and that were allowed. */
  seconds: number
  limit: number
}

/** How much slower than the slow ones of the boots so far a boot may be: boots beside two busy compilers were seen 3 to 6 times slower. */
const historyFactor = 6

/**
 * Keeps the time of one boot: in which stage, silent since when, and until when to wait. It reads no clock: every time is
 * given to it, in milliseconds of one that only goes forward.
 */
export class Patience {
  readonly #limits: PatienceLimits
  readonly #history: Pace
  readonly #pace: Pace = { silences: {}, stages: {} }
  #stage: Stage = 'power'
  #stageSince: number
  #heardAt: number
  #doneAt: number | undefined
  #forgivenAt = -Infinity

  constructor(limits: PatienceLimits, history: Pace, now: number) {
    this.#limits = limits
    this.#history = history
    this.#stageSince = now
    this.#heardAt = now
  }

  /** The target said something; the silence before it belongs to the stage in which it was kept. */
  heard(now: number): void {
    const silence = (now - this.#heardAt) / 1000
    this.#pace.silences[this.#stage] = Math.max(this.#pace.silences[this.#stage] ?? 0, silence)
    this.#heardAt = now
  }

  /** The boot is in this stage now; no effect when it was before. */
  reached(stage: Stage, now: number): void {
    if (stage === this.#stage) return
    this.#pace.stages[this.#stage] = (now - this.#stageSince) / 1000
    this.#stage = stage
    this.#stageSince = now
  }

  /** The target was told that it may power off: from now on the grace counts, not the silence limit. */
  done(now: number): void {
    this.#doneAt ??= now
  }

  /** When patience ends if nothing happens before. */
  get deadline(): number {
    return Math.min(this.#heardAt + this.#silenceLimit() * 1000, this.#staged() + this.#stageLimit() * 1000)
  }

  /** Why patience has run out by now; undefined while it has not. */
  expired(now: number): Expired | undefined {
    const silent = (now - this.#heardAt) / 1000
    if (silent >= this.#silenceLimit()) {
      return { kind: 'silence', stage: this.#stage, seconds: silent, limit: this.#silenceLimit() }
    }
    const staged = (now - this.#staged()) / 1000
    if (staged >= this.#stageLimit()) {
      return { kind: 'stage', stage: this.#stage, seconds: staged, limit: this.#stageLimit() }
    }
    return undefined
  }

  /**
   * For so many milliseconds until now this host did not run us, and so perhaps not the target either: that time counts for
   * nothing, and since nobody knows when the target spoke, its silence begins anew. Two may notice the same time.
   */
  forgive(milliseconds: number, now: number): void {
    const forgiven = Math.min(milliseconds, now - this.#forgivenAt)
    this.#forgivenAt = now
    this.#heardAt = now
    this.#stageSince += forgiven
    if (this.#doneAt !== undefined) this.#doneAt += forgiven
  }

  /**
   * The pace of the boot so far: silences that were broken and stages that were left. The last of each is not part of it,
   * else every hang would stretch the limits of the boots after it.
   */
  get pace(): Pace {
    return { silences: { ...this.#pace.silences }, stages: { ...this.#pace.stages } }
  }

  /** Since when the stage's limit counts: what was said before the target was let go needs no more patience. */
  #staged(): number {
    return Math.max(this.#stageSince, this.#doneAt ?? this.#stageSince)
  }

  #silenceLimit(): number {
    const allowed = this.#doneAt !== undefined ? this.#limits.grace : this.#limits.silence
    return Math.max(allowed, historyFactor * (this.#history.silences[this.#stage] ?? 0))
  }

  #stageLimit(): number {
    return Math.max(this.#limits.stage, historyFactor * (this.#history.stages[this.#stage] ?? 0))
  }
}
