/** The last bytes of a file that is read from front to end, so that a part of them can be read again. */
export class RecentBytes {
  readonly #chunks: { offset: number; bytes: Uint8Array }[] = []
  #end: number

  /** @param offset in the file of the first byte that will be pushed */
  constructor(offset: number) {
    this.#end = offset
  }

  /** Takes a copy of the next bytes of the file. */
  push(chunk: Uint8Array): void {
    // Not chunk.slice(): a Buffer's shares the memory, which the caller may use again.
    this.#chunks.push({ offset: this.#end, bytes: new Uint8Array(chunk) })
    this.#end += chunk.length
  }

  /** Whether all bytes from an offset on are still here. */
  has(offset: number): boolean {
    return offset >= (this.#chunks[0]?.offset ?? this.#end)
  }

  /** Forgets chunks that end at an offset or before it. */
  forget(before: number): void {
    const kept = this.#chunks.findIndex(({ offset, bytes }) => offset + bytes.length > before)
    this.#chunks.splice(0, kept < 0 ? this.#chunks.length : kept)
  }

  /** The bytes between two offsets, in pieces. */
  *between(from: number, to: number): Generator<Uint8Array> {
    for (const { offset, bytes } of this.#chunks) {
      const part = bytes.subarray(Math.max(0, from - offset), Math.max(0, to - offset))
      if (part.length > 0) yield part
    }
  }
}
