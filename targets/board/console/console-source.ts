import type { Duplex } from 'node:stream'

/** A UART that is attached: its bytes and nothing else, as the board said them. */
export interface ConsoleLine {
  /** Ends when `close` was called, or when the way to the UART broke; `broken` tells which. */
  stream: Duplex
  /**
   * Resolves with one sentence, in the console server's own words where it said some, when the way to the UART broke;
   * never after `close`. What a server says in band, in place of the board, is in the sentence and not in the stream.
   */
  broken: Promise<string>
  /** Sends a break; absent where the way has none. It does not wait for an answer. */
  sendBreak?(milliseconds: number): Promise<void>
  /** Lets go of the UART. Resolves when nothing of ours is left, here or on another host. */
  close(): Promise<void>
}

/** A way to a UART. */
export interface ConsoleSource {
  /**
   * Attaches. Resolves when bytes that the board says from now on will be read.
   * @throws LabError PlaceBroken with the console server's words; the signal's reason when aborted
   */
  open(signal: AbortSignal): Promise<ConsoleLine>
}
