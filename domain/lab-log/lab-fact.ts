/**
 * What the lab did or said during an attempt, as the attempt's steps noted it. It is the evidence for an ending that is the lab's:
 * who said it, in whose words, and when.
 */
export type LabFact = PowerFact | ConsoleFact | FlashFact | FirstByteFact | HealthFact

interface Said {
  /** When it was noted, milliseconds since 1970. */
  at: number
  /** Who says it, e.g. `outlet 3 of pdu1`, `uart0`, `U-Boot`. */
  by: string
  /** In words, as far as there are some: one sentence of the daemon's or the board's own. */
  words: string
}

/** An outlet was told something, or asked. */
export interface PowerFact extends Said {
  about: 'power'
  told: 'on' | 'off' | 'nothing'
  /** What was read back; `unread` where it cannot be asked, `broken` where the command or the question failed. */
  says: 'on' | 'off' | 'unknown' | 'unread' | 'broken'
}

/** What became of the way to a UART. */
export interface ConsoleFact extends Said {
  about: 'console'
  console: string
  /** `gap`: it was away for a time and came back; `closed`: we let go of it, and it had not broken. */
  is: 'attached' | 'gap' | 'closed' | 'broken'
  /** All bytes that came by it, of one that was let go of. */
  bytes?: number
}

/** What became of a file that the board was to boot. */
export interface FlashFact extends Said {
  about: 'flash'
  /** Absent where no one file is meant. */
  file?: string
  /**
   * `written`: read back from the medium as what it should be; `offered`: put where the board's loader fetches it; `loaded`: the
   * board read it back from its own memory; `unread`: written, and nothing can read it back; `broken`: it could not be brought there.
   */
  is: 'written' | 'offered' | 'loaded' | 'unread' | 'broken'
}

/** The first byte on any console after power-on. */
export interface FirstByteFact extends Said {
  about: 'first byte'
  /** After power-on; null where none came in time. */
  seconds: number | null
  /** What the place's class allows, seconds. */
  limit: number
}

/** A look at whether the place works at all: a board is switched on and has to answer, a model has to run. */
export interface HealthFact extends Said {
  about: 'health'
  is: 'healthy' | 'ill'
}

/** A fact as a step notes it; the log adds when. */
export type NewLabFact = LabFact extends infer Fact ? (Fact extends LabFact ? Omit<Fact, 'at'> : never) : never

/** A fact as it stands in the attempt's lab log. */
export type NotedFact = LabFact & {
  /** Its line in the log, from 1. */
  entry: number
}

/** The facts of one kind. */
export type NotedAbout<About extends LabFact['about']> = NotedFact & { about: About }

/** What the lab shows of an attempt on one of its places. */
export interface LabShown {
  kind: 'board' | 'fvp'
  /** In the order in which they were noted. */
  facts: readonly NotedFact[]
}
