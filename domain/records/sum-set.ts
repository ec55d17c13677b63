/** A table is never fuller than this, so that few sums stand in each other's way. */
const fullest = 0.5
const first = 1024

/** A set of 32-bit numbers in four to sixteen bytes each; a Set of numbers takes ten times as much. */
export class SumSet {
  #table = new Int32Array(first)
  #size = 0
  /** Zero marks a free place in the table. */
  #hasZero = false

  /** How many numbers it holds. */
  get size(): number {
    return this.#size
  }

  /** @param sum an unsigned number of 32 bits */
  add(sum: number): void {
    if (this.has(sum)) return
    this.#size++
    if (sum === 0) this.#hasZero = true
    else if (this.#size > this.#table.length * fullest) this.#grow(sum | 0)
    else this.#table[this.#place(sum | 0)] = sum | 0
  }

  has(sum: number): boolean {
    return sum === 0 ? this.#hasZero : this.#table[this.#place(sum | 0)] !== 0
  }

  #grow(added: number): void {
    const before = this.#table
    this.#table = new Int32Array(2 * before.length)
    for (const sum of before) if (sum !== 0) this.#table[this.#place(sum)] = sum
    this.#table[this.#place(added)] = added
  }

  /** Where a sum stands, or would: CRCs are as even as any hash of them. */
  #place(sum: number): number {
    const last = this.#table.length - 1
    let at = sum & last
    while (this.#table[at] !== 0 && this.#table[at] !== sum) at = (at + 1) & last
    return at
  }
}
