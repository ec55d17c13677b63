import type { Duplex } from 'node:stream'

/** A server of consoles as it is dialled; consoles of one address that are refused together mean that it has died. */
export interface ConsoleServer {
  address: string
  port: number
  /** The host that it is dialled from; absent for this one. */
  via?: string
}

/** A time in which nobody listened to a UART: what the board said then is not known. */
export interface ConsoleGap {
  /** How many bytes of the stream came before it. */
  offset: number
  milliseconds: number
  /** One sentence. */
  why: string
}

/** A UART that is attached: its bytes and nothing else, as the board said them. */
export interface ConsoleLine {
  /**
   * Ends when `close` was called, or when the way to the UART broke; `broken` tells which. It emits no error. What is
   * written when the way has broken is lost, as on a real line; a write that the other side does not take stops no reading.
   */
  stream: Duplex
  /**
   * Resolves with one sentence, in the console server's own words where it said some, when the way to the UART broke;
   * never after `close`. What a server says in band, in place of the board, is in the sentence and not in the stream.
   */
  broken: Promise<string>
  /**
   * What came before `open` resolved, so before anybody could switch the board on: a server's banner, or a board that was
   * on already. It is not in the stream. Empty where the way has no server.
   */
  greeting: Uint8Array
  /** Sends a break; absent where the way has none. It does not wait for an answer, and believes none. */
  readonly sendBreak?: ((milliseconds: number) => Promise<void>) | undefined
  /** Calls back for each gap when it has ended, also for those before; absent where a line that breaks stays broken. */
  onGap?(listener: (gap: ConsoleGap) => void): void
  /** Lets go of the UART. Resolves when nothing of ours is left, here or on another host. */
  close(): Promise<void>
}

/** A way to a UART. */
export interface ConsoleSource {
  /** The server that it leads through, where there is one. */
  readonly server?: ConsoleServer
  /**
   * Attaches. Resolves when bytes that the board says from now on will be read.
   * @throws LabError PlaceBroken with the console server's or the host's words, a ConsoleFault unless it is the host that
   * cannot be reached; the signal's reason when aborted
   */
  open(signal: AbortSignal): Promise<ConsoleLine>
}
