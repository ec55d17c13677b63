import type { ConsoleLine } from './line.ts'

/** kernel/printk/printk.c console_prepend_replay(), 6.12 to 7.3: who took the console over says the message again that it was in. */
const marker = '** replaying previous printk message **'
const lastOfMarker = marker.charCodeAt(marker.length - 1)

/**
 * Leaves out of a console's lines, one by one, what a kernel says again because it was interrupted: its marker, and before
 * it the line that is whole only behind it. Each line comes back one line late.
 */
export class Replays<Line = ConsoleLine> {
  readonly #said: (line: Line) => string
  #waiting: Line | undefined
  #isAgain = false

  /** @param said the text of a line as the target said it */
  constructor(said: (line: Line) => string) {
    this.#said = said
  }

  /** Takes the next line; returns the one before it, unless that is left out. */
  line(line: Line): Line | undefined {
    const text = this.#said(line)
    if (text.length === marker.length && text.charCodeAt(text.length - 1) === lastOfMarker && text === marker) {
      this.#isAgain = true
      return undefined
    }
    const before = this.#waiting
    this.#waiting = line
    const wasCut = this.#isAgain && before !== undefined && text.startsWith(this.#said(before))
    this.#isAgain = false
    return wasCut ? undefined : before
  }

  /** The last line, when no other will come. */
  end(): Line | undefined {
    const last = this.#waiting
    this.#waiting = undefined
    return last
  }
}

/** Takes the lines of a whole console; returns them without what its kernel says again. */
export function withoutReplays(lines: ConsoleLine[]): ConsoleLine[] {
  if (!lines.some(({ text }) => text === marker)) return lines
  const replays = new Replays<ConsoleLine>(({ text }) => text)
  return [...lines.map((line) => replays.line(line)), replays.end()].filter((line) => line !== undefined)
}
