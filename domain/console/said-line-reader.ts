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

  /** Takes the next bytes of the console; returns what they complete. */
  push(chunk: Uint8Array): ConsoleLine[] {
    return this.#said(this.#reader.push(chunk))
  }

  /** Returns the last lines, when no more bytes will come. */
  end(): ConsoleLine[] {
    const lines = this.#said(this.#reader.end())
    const last = this.#replays.end()
    if (last) this.#add(last, lines)
    return lines
  }

  #said(raw: readonly ConsoleLine[]): ConsoleLine[] {
    const lines: ConsoleLine[] = []
    for (const line of raw) {
      const before = this.#replays.line(line)
      if (before) this.#add(before, lines)
    }
    return lines
  }

  #add(line: ConsoleLine, lines: ConsoleLine[]): void {
    const parts = this.#parts.split(line)
    if (parts) lines.push(...parts)
    else lines.push(line)
  }
}
