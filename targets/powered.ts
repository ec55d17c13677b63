import type { Duplex } from 'node:stream'
import type { World } from '../domain/world.ts'
import type { PlaceClaim } from '../host/claim.ts'

/** A text channel of a powered target. */
export interface Line {
  name: string
  /** Who speaks there, in the order in which they begin to; empty for a channel that carries records and nothing else. */
  worlds: World[]
  /** Its bytes, as they are. It closes when the target is off and has said all. */
  stream: Duplex
}

/**
 * Why a target ended by its own doing: one sentence, empty for a plain power-off. `stuck` is one that runs and cannot go on:
 * its firmware did something else than start the kernel. `lost` is the lab's fault.
 */
export type TargetEnd = { kind: 'power-off' | 'stuck' | 'lost'; reason: string }

/** A target with every line attached that has not run an instruction yet, or runs. */
export interface Powered {
  lines: Line[]
  /** Sets it running. @throws LabError when it cannot be, and is not seen to end by `ended` */
  go(): Promise<void>
  /** The first end that the target itself comes to. */
  ended: Promise<TargetEnd>
  /** Present where whatever runs the target can be asked whether it does. */
  pulse?: {
    /** Answered as long as it runs; it is no matter with what. */
    ask(): Promise<unknown>
    /** What to say of a target that gave no answer for so many seconds, while we ran. */
    stillSentence(seconds: number): string
  }
  /**
   * Asked of a target that fell silent or stuck: whether the lab did it, in one sentence with the lab's own evidence. Absent where
   * nothing can be asked.
   */
  labFault?(): Promise<string | undefined>
  /** Set where the target runs on whether or not this host does: that we stood still then says nothing of it. */
  ownClock?: true
  /**
   * Has it end in an orderly way; when it is ending by itself, waits for that. Resolves when it is off and every line has
   * closed. @returns whether force was needed
   */
  askOff(): Promise<boolean>
  /** Lets go of every line, and leaves it running; absent where it cannot run on without us. Resolves when every line has closed. */
  leaveOn?(): Promise<void>
  /** Ends it at once. Resolves when it is off, every line has closed and nothing is left of it; can be called again. */
  forceOff(): Promise<void>
}

/**
 * Powers one target up to before its first instruction. What it started is ended when it throws.
 * @param claim the right to use the place; its token stands on the command line of what is started on this host
 * @param signal aborting ends what was started
 * @throws LabError TargetBroken or PlaceBroken when it does not come up, with the words of what refused; the signal's reason
 */
export type PowerUp = (claim: PlaceClaim, signal: AbortSignal) => Promise<Powered>
