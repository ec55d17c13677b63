import type { ConsoleLine } from './line.ts'

/** kernel/printk/printk.c console_prepend_replay(), 6.12 to 7.3: who took the console over says the message again that it was in. */
const marker = '** replaying previous printk message **'
const lastOfMarker = marker.charCodeAt(marker.length - 1)

/**
 * Leaves out of a console's lines, one by one, what a kernel says again because it was interrupted: its marker, and before
 * it the line that is whole only behind it. Each line comes back one line late.
 */
export class Replays {
  readonly #said: (line: ConsoleLine) => string
  #waiting: ConsoleLine | undefined
  #isAgain = false

  /** @param said the text of a line as the target said it */
  constructor(said: (line: ConsoleLine) => string = ({ text }) => text) {
    this.#said = said
  }

  /** Takes the next line; returns the one before it, unless that is left out. */
  line(line: ConsoleLine): ConsoleLine | undefined {
    const { text } = line
    if (text.charCodeAt(text.length - 1) === lastOfMarker && text.endsWith(marker) && this.#said(line) === marker) {
      this.#isAgain = true
      return undefined
    }
    const before = this.#waiting
    this.#waiting = line
    const isAgain = this.#isAgain
    this.#isAgain = false
    if (!isAgain || before === undefined) return before
    return withoutCut(before, this.#said(before), this.#said(line))
  }

  /** The last line, when no other will come. */
  end(): ConsoleLine | undefined {
    const last = this.#waiting
    this.#waiting = undefined
    return last
  }
}

/** Characters with which a message begins, the stamp: by these it is found behind what somebody else had written on its line. */
const beginning = 14

/** What is left of a line, as the target said it, once the message is taken away that is said whole later; undefined if nothing is. */
function withoutCut(before: ConsoleLine, said: string, whole: string): ConsoleLine | undefined {
  if (whole.startsWith(said)) return undefined
  const at = said.lastIndexOf(whole.slice(0, beginning))
  if (at < 0 || whole.length < beginning || !whole.startsWith(said.slice(at))) return before
  return { ...before, text: before.text.slice(0, before.text.length - said.length + at) }
}

/** Takes the lines of a whole console; returns them without what its kernel says again. */
export function withoutReplays(lines: ConsoleLine[]): ConsoleLine[] {
  if (!lines.some(({ text }) => text === marker)) return lines
  const replays = new Replays()
  return [...lines.map((line) => replays.line(line)), replays.end()].filter((line) => line !== undefined)
}
