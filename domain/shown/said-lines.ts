import type { ConsoleLine } from '../console/line.ts'
import { speakerOf } from '../signatures/speaker.ts'

/** A line shorter than that may be said by anyone. */
const telling = 20

/**
 * What a console brought of the kernel's own log, where it brought it damaged and init gave the rest: the console is read
 * without what the kernel said there meanwhile, so that no damaged line is read. What other worlds said on it stays, and so
 * does what came before the kernel and after init told of the log.
 */
export class SaidLines {
  /** Where each line stands in the kernel's log. */
  readonly #said: ReadonlyMap<string, number>
  readonly #count: number
  #first: { index: number; line: number } | undefined
  #last: { index: number; line: number } | undefined

  /** @param log the kernel's own log */
  constructor(log: readonly ConsoleLine[]) {
    this.#said = new Map(log.flatMap(({ text }, n) => (text.length < telling ? [] : [[text, n]])))
    this.#count = log.length
  }

  /** Takes the lines of the console one by one, before any is asked of. @param index of the line, from 0 */
  look(index: number, { text }: ConsoleLine): void {
    const line = this.#said.get(text)
    if (line === undefined) return
    this.#first ??= { index, line }
    this.#last = { index, line }
  }

  /** Whether a line of the console is of the kernel's log, damaged or not. */
  leavesOut(index: number, { text }: ConsoleLine): boolean {
    if (!this.#first || !this.#last) return false
    // Lines of the log that come before the first whole one, or behind the last, are there too, damaged.
    const from = this.#first.index - this.#first.line
    const to = this.#last.index + this.#count - 1 - this.#last.line
    return index >= from && index <= to && speakerOf(text) === 'NS'
  }
}
