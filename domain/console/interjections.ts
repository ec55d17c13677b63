import type { WordFilter } from './word-filter.ts'

/**
 * What conserver 8.2.7 says in the middle of a console when we have it no more, or it has its UART no more. Seen from it, or
 * found in its program. A `*` stands for a name.
 */
export const conserverInterjections = [
  "[forced to `spy' mode by *]",
  '[-- Console server shutting down --]',
  '[-- Conserver reconfigured - console has been (re)moved --]',
  "[-- Disconnected by admin `*' --]",
  '[-- idle timeout --]',
  '[line down by *]',
  '[down -- use *]',
  '[read-only -- use *]',
]

const bracket = 0x5b
const longest = 200

/** Finds such sentences wherever they stand. A bracket and what follows it waits for as long as it may be one of them. */
export class Interjections implements WordFilter {
  /** conserver says a sentence at once, so that only the network can part it. */
  readonly patienceMs = 200
  readonly #starts: string[]
  readonly #whole: RegExp
  #held = new Uint8Array(0)
  said: string | undefined

  constructor(sentences: string[]) {
    this.#starts = sentences.map((sentence) => sentence.split('*', 1)[0]!)
    const patterns = sentences.map((each) =>
      each
        .split('*')
        .map(escaped)
        .join(String.raw`[\x20-\x7e]{1,150}?`),
    )
    this.#whole = new RegExp(`^(?:${patterns.join('|')})`)
  }

  get holds(): boolean {
    return this.#held.length > 0
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.said !== undefined) return new Uint8Array(0)
    if (this.#held.length === 0 && !chunk.includes(bracket)) return chunk
    const bytes = joined(this.#held, chunk)
    this.#held = new Uint8Array(0)
    for (let at = bytes.indexOf(bracket); at !== -1; at = bytes.indexOf(bracket, at + 1)) {
      const text = latin1(bytes.subarray(at, at + longest))
      const whole = this.#whole.exec(text)?.[0]
      if (whole !== undefined) {
        this.said = whole
        return bytes.subarray(0, withoutLineEnd(bytes, at))
      }
      if (at + text.length === bytes.length && this.#begins(text)) {
        this.#held = bytes.slice(at)
        return bytes.subarray(0, at)
      }
    }
    return bytes
  }

  release(): Uint8Array {
    const bytes = this.#held
    this.#held = new Uint8Array(0)
    return bytes
  }

  end(): string | undefined {
    return this.said
  }

  #begins(text: string): boolean {
    if (text.length >= longest) return false
    return this.#starts.some((start) => (text.length < start.length ? start.startsWith(text) : isOneLine(text, start)))
  }
}

function isOneLine(text: string, start: string): boolean {
  return text.startsWith(start) && /^[\x20-\x7e]*$/.test(text)
}

/** The server begins a new line for what it has to say; the line end is its own too. */
function withoutLineEnd(bytes: Uint8Array, at: number): number {
  return bytes[at - 2] === 0x0d && bytes[at - 1] === 0x0a ? at - 2 : at
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
