import type { ConsoleLine } from './line.ts'

/** Stamped lines among which one is looked for that is said again: so far one console may be behind another on the same UART. */
const remembered = 64

/**
 * Tells a line that two consoles of the kernel on one UART say one after the other (earlycon with `keep_bootcon` beside
 * the console proper): the same words with the same microseconds. Without a stamp only a line that reports a fault counts,
 * right behind itself.
 */
export class Doubles {
  readonly #times = new Float64Array(remembered)
  readonly #texts: string[] = Array.from({ length: remembered }, () => '')
  #next = 0
  #latest = 0
  #before = ''

  /**
   * Takes the next line; returns whether it was said before.
   * @param at the kernel's clock in seconds, where the line has it
   * @param isFault whether a report of a fault begins with it
   */
  isAgain({ text }: ConsoleLine, at: number | undefined, isFault: boolean): boolean {
    const before = this.#before
    this.#before = text
    // Many lines of a kernel that has no clock yet are alike.
    if (at === undefined || at === 0) return isFault && at === undefined && text === before
    if (at <= this.#latest && this.#has(text, at)) return true
    this.#latest = at
    this.#times[this.#next] = at
    this.#texts[this.#next] = text
    this.#next = (this.#next + 1) % remembered
    return false
  }

  #has(text: string, at: number): boolean {
    for (let index = 0; index < remembered; index++)
      if (this.#times[index] === at && this.#texts[index] === text) return true
    return false
  }
}
