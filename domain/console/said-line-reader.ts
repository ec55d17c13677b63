import type { ConsoleLine } from './line.ts'
import { LineParts } from './line-parts.ts'
import { LineReader } from './line-reader.ts'
import { Replays } from './replays.ts'

/**
 * Cuts the raw bytes of one console into what was said on it, message by message: a line in which another voice begins is
 * two, and what a kernel says again because it was interrupted is left out. Each comes back one line late.
 */
export class SaidLineReader {
  readonly #reader = new LineReader()
  readonly #parts = new LineParts()
  readonly #replays = new Replays()

  /** Takes the next bytes of the console; gives on what they complete. */
  push(chunk: Uint8Array, give: (line: ConsoleLine) => void): void {
    for (const line of this.#reader.push(chunk)) this.#take(line, give)
  }

  /** Gives on the last lines, when no more bytes will come. */
  end(give: (line: ConsoleLine) => void): void {
    for (const line of this.#reader.end()) this.#take(line, give)
    const last = this.#replays.end()
    if (last) this.#cut(last, give)
  }

  #take(raw: ConsoleLine, give: (line: ConsoleLine) => void): void {
    const before = this.#replays.line(raw)
    if (before) this.#cut(before, give)
  }

  #cut(line: ConsoleLine, give: (line: ConsoleLine) => void): void {
    const parts = this.#parts.split(line)
    if (!parts) give(line)
    else for (const part of parts) give(part)
  }
}
