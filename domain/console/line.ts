/** One line of a console as parsers see it: a copy, cleaned; the raw bytes stay where they were captured. */
export interface ConsoleLine {
  /** 1-based, counted by line feeds in the raw bytes. */
  number: number
  /** Byte offset of the line's first byte in the raw console. */
  offset: number
  /** Text without CR, escape sequences and other control bytes; invalid UTF-8 shows as U+FFFD. */
  text: string
  /** How many bytes of this line no terminal and no UTF-8 text explains (NULs, stray controls, broken sequences); absent when none. */
  garbage?: number
  /** How many escape sequences of this line do more than colour: they move the cursor, clear, or rub out; absent when none. */
  escapes?: number
  /** What stands before this text on the same line, said by somebody else; absent for a text that begins its line. */
  after?: string
}

/** Everything that one console of an attempt said. */
export interface ConsoleLog {
  /** The console's name on its target, e.g. `uart0`. */
  console: string
  lines: ConsoleLine[]
}
