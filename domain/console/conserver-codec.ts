/** conserver's own escape sequence, before it is told another. */
export const defaultEscape = [0x05, 0x63] as const
/** Ours, ^\ and ^_: what nobody types. `console` shows it so, and so does the server's answer. */
export const ourEscape = [0x1c, 0x1f] as const

const [first, second] = ourEscape
const doubled = 0xff

/**
 * What stands in conserver's stream of bytes beside a console: a 0xFF is sent twice, 0xFF and a letter is an order to
 * the `console` program (its file PROTOCOL), and what follows the escape sequence is an order to the server.
 * The server answers each order in the console's own stream, e.g. `[halt sent]`: `expect` takes such an answer out.
 */
export class ConserverCodec {
  readonly #onOrder: (letter: string) => void
  readonly #expected: string[] = []
  #held: number[] = []
  #after = false

  /** @param onOrder called with the letter of an order to the client, e.g. `.` when another user took the console */
  constructor(onOrder: (letter: string) => void) {
    this.#onOrder = onOrder
  }

  /** Takes the server's next bytes; returns those of the console in them. */
  decode(chunk: Uint8Array): Uint8Array {
    if (!this.#after && this.#expected.length === 0 && !chunk.includes(doubled)) return chunk
    const bytes: number[] = []
    for (const byte of chunk) {
      if (this.#after) {
        this.#after = false
        if (byte === doubled) this.#filter(byte, bytes)
        else this.#onOrder(String.fromCharCode(byte))
      } else if (byte === doubled) this.#after = true
      else this.#filter(byte, bytes)
    }
    return Uint8Array.from(bytes)
  }

  /** Bytes of the console as they must be sent, so that none is taken for an order; their answers are expected. */
  encode(bytes: Uint8Array): Uint8Array {
    if (!bytes.includes(first) && !bytes.includes(doubled)) return bytes
    const sent: number[] = []
    for (const [at, byte] of bytes.entries()) {
      const next = bytes[at + 1]
      if (byte === doubled) sent.push(doubled, doubled)
      // A first character of the escape waits in the server for the next one; only with the second it is one.
      else if (byte === first && (next === undefined || next === second)) sent.push(...this.#quoted(byte))
      else sent.push(byte)
    }
    return Uint8Array.from(sent)
  }

  /**
   * An order to the server.
   * @param answer what the server will say of it in the stream
   */
  order(letters: string, answer: string): Uint8Array {
    this.#expected.push(answer)
    return Uint8Array.of(first, second, ...latin1(letters))
  }

  #quoted(byte: number): Uint8Array {
    const octal = `\\${byte.toString(8).padStart(3, '0')}`
    return this.order(octal, `[quote ${octal}]`)
  }

  #filter(byte: number, bytes: number[]): void {
    const [answer] = this.#expected
    if (answer === undefined) return void bytes.push(byte)
    if (byte !== answer.charCodeAt(this.#held.length)) {
      bytes.push(...this.#held)
      this.#held = []
    }
    // An answer begins with a bracket and has no second one, so that it cannot begin within what did not fit.
    if (byte !== answer.charCodeAt(this.#held.length)) return void bytes.push(byte)
    this.#held.push(byte)
    if (this.#held.length < answer.length) return
    this.#held = []
    this.#expected.shift()
  }
}

function latin1(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0))
}
