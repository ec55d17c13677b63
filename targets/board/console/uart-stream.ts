import { Duplex } from 'node:stream'

/** What lies under a UART's stream. */
export interface UartSide {
  /** Told that more can be taken. */
  resume(): void
  /** Sends bytes to the UART; `done` is called when they are on their way or lost, which is no error of the writer. */
  send(bytes: Uint8Array, done: () => void): void
}

/**
 * The stream of an attached UART. Reading and writing are independent: a board that takes no input is still heard, and
 * `end` ends no more than the typing.
 */
export class UartStream extends Duplex {
  readonly #side: UartSide
  #over = false
  /** Bytes given to the reader so far. */
  taken = 0

  constructor(side: UartSide) {
    super({ allowHalfOpen: false })
    this.#side = side
  }

  /** Gives bytes to the reader. @returns whether more may come at once */
  give(bytes: Uint8Array): boolean {
    if (bytes.length === 0 || this.#over) return true
    this.taken += bytes.length
    return this.push(bytes)
  }

  /** Nothing more comes. What was given can still be read. */
  over(): void {
    if (this.#over) return
    this.#over = true
    this.push(null)
  }

  override _read(): void {
    if (!this.#over) this.#side.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#over) done()
    else this.#side.send(chunk, done)
  }

  override _final(done: () => void): void {
    done()
  }
}
