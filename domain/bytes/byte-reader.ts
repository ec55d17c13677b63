/**
 * Reads numbers and byte strings from one end of a buffer to the other. Reading past the end gives zeros or an empty
 * array and sets `over`, so that a parser of hostile bytes asks once for each of its records instead of before each read.
 */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly littleEndian: boolean
  /** Of the next byte. */
  offset = 0
  /** Whether a read went past the end. */
  over = false
  readonly #view: DataView

  constructor(bytes: Uint8Array, options: { littleEndian?: boolean; offset?: number } = {}) {
    this.bytes = bytes
    this.littleEndian = options.littleEndian ?? true
    this.offset = options.offset ?? 0
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** How many bytes are left. */
  get left(): number {
    return Math.max(0, this.bytes.length - this.offset)
  }

  u8(): number {
    return this.#advance(1) ? this.#view.getUint8(this.offset - 1) : 0
  }

  u16(): number {
    return this.#advance(2) ? this.#view.getUint16(this.offset - 2, this.littleEndian) : 0
  }

  u32(): number {
    return this.#advance(4) ? this.#view.getUint32(this.offset - 4, this.littleEndian) : 0
  }

  /** A 64-bit number; beyond 2^53 it loses its low bits, which is enough to see that it is too large. */
  u64(): number {
    const [first, second] = [this.u32(), this.u32()]
    return this.littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second
  }

  /** The next bytes, a view into the buffer. */
  take(length: number): Uint8Array {
    return this.#advance(length) ? this.bytes.subarray(this.offset - length, this.offset) : new Uint8Array()
  }

  #advance(length: number): boolean {
    if (length > this.left) {
      this.over = true
      this.offset = this.bytes.length
      return false
    }
    this.offset += length
    return true
  }
}
