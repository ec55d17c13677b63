/** Stamps below this, in seconds, may be the same on each boot: the clock hardly runs yet. */
const telling = 0.001
/** So many lines of a boot are remembered. */
const most = 20_000
/** So many lines of the boot that should have come again decide; of fewer those that there are, when no more come. */
const enough = 5

/** Remembers what a kernel said, with its times, in memory that does not grow with the log. */
export class SaidBefore {
  readonly #lines = new Set<number>()
  readonly #times: number[] = []

  /** Takes a line of the kernel with its stamp, in seconds. */
  add(text: string, at: number): void {
    if (this.#lines.size >= most) return
    this.#lines.add(hashOf(text, at))
    // What another CPU stored late by microseconds does not matter: the times stay sorted.
    if (at >= Math.max(telling, this.#times.at(-1) ?? 0)) this.#times.push(at)
  }

  /** When the last telling line was said; 0 where there is none. */
  get latest(): number {
    return this.#times.at(-1) ?? 0
  }

  /** Whether a line of the kernel with its stamp, in seconds, was said. */
  has(text: string, at: number): boolean {
    return this.#lines.has(hashOf(text, at))
  }

  /** When the first telling lines from a time on were said, as many as decide. */
  timesFrom(from: number): number[] {
    let low = 0
    let high = this.#times.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#times[middle]! < from) low = middle + 1
      else high = middle
    }
    return this.#times.slice(low, low + enough)
  }
}

/**
 * Tells the log that is printed again, as dmesg prints it on a console, from another boot: there the lines that the
 * boot said come again with the same microseconds, on another boot hardly one does. What comes again may have more
 * lines than the console showed (quiet), and may begin late (the log's buffer is a ring).
 */
export class AgainOrNot {
  readonly #before: SaidBefore
  readonly #times: readonly number[]
  readonly #asked: boolean
  #found = 0
  #allKnown = true
  #last: number

  /**
   * @param at the stamp of the first line, in seconds
   * @param asked whether the line before it is a command that prints the log
   */
  constructor(before: SaidBefore, at: number, asked: boolean) {
    this.#asked = asked
    this.#before = before
    this.#times = before.timesFrom(at)
    this.#last = at
  }

  /** Takes the next line of the kernel; returns the answer once there is one. */
  line(text: string, at: number): boolean | undefined {
    // After `dmesg | head` the boot goes on where it was; no boot is silent for so long.
    if (at > this.#before.latest && this.#before.latest - this.#last > 1) return this.#isKnown(true)
    this.#last = Math.max(this.#last, at)
    const isKnown = this.#before.has(text, at)
    this.#allKnown &&= isKnown
    if (at < telling) return undefined
    if (isKnown) this.#found++
    const wanted = this.#wanted()
    return wanted < enough ? undefined : this.#found * 2 >= wanted
  }

  /** The answer when no more lines come: by the little that there is. */
  end(): boolean {
    return this.#isKnown(this.#asked)
  }

  #isKnown(asked: boolean): boolean {
    const wanted = this.#wanted()
    return wanted === 0 ? asked && this.#allKnown : this.#found > 0 && this.#found * 2 >= wanted
  }

  /** How many lines should have come again so far. */
  #wanted(): number {
    return this.#times.filter((at) => at <= this.#last).length
  }
}

/** Characters at each end of a line that are looked at where its stamp tells it from others: at the start it stands. */
const ends = 16

/** FNV-1a of a line's length and its ends, or all of it; of 30 bits, which V8 keeps in place. */
function hashOf(text: string, at: number): number {
  let hash = Math.imul(0x811c9dc5 ^ text.length, 0x01000193)
  const head = at < telling ? text.length : Math.min(ends, text.length)
  for (let index = 0; index < head; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  for (let index = Math.max(head, text.length - ends); index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 2
}
