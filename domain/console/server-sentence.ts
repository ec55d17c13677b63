import type { WordFilter } from './word-filter.ts'

/**
 * What ser2net says in place of the UART, as its very first bytes, before it hangs up. Found in ser2net 4.3.11's program and
 * in 4.6's source (port.c); the first ones were seen from 4.3.11. A `*` stands for the rest of the line.
 */
export const ser2netSentences = [
  'Port already in use',
  'Device open failure: *',
  "Port's device already in use",
  "Port's device failed open",
  'Port disabled',
  'Port closing',
  'Accessed denied due to your net address',
]

/** An error text of the system is much shorter. */
const longestSentence = 200
const LF = 10
const CR = 13

type Fit = 'no' | 'begins' | 'whole'

/**
 * Holds the first bytes of a connection back for as long as they may be a console server's own sentence, which may come in
 * pieces. That they are is known only when the server hangs up behind them: a board may say the same and go on.
 * Whoever uses it gives the bytes on after a moment without more (`release`), so that no board is kept waiting.
 */
export class ServerSentence implements WordFilter {
  /** The hang-up comes with the sentence, so that only a slow network can part them. */
  readonly patienceMs = 1000
  readonly #sentences: string[]
  #held = new Uint8Array(0)
  #decided = false

  constructor(sentences: string[] = ser2netSentences) {
    this.#sentences = sentences
  }

  get holds(): boolean {
    return this.#held.length > 0
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.#decided) return chunk
    this.#held = joined(this.#held, chunk)
    if (this.#held.length === 0 || this.#sentences.some((sentence) => fit(sentence, this.#held) !== 'no'))
      return new Uint8Array(0)
    return this.release()
  }

  release(): Uint8Array {
    const bytes = this.#held
    if (bytes.length > 0) this.#decided = true
    this.#held = new Uint8Array(0)
    return bytes
  }

  /** The sentence without its line end, if there was nothing else. */
  end(): string | undefined {
    if (this.#decided || !this.#sentences.some((sentence) => fit(sentence, this.#held) === 'whole')) return undefined
    const said = new TextDecoder('latin1').decode(this.#held).trim()
    this.#held = new Uint8Array(0)
    this.#decided = true
    return said
  }
}

/** How bytes compare with a sentence and its CR LF. */
function fit(sentence: string, bytes: Uint8Array): Fit {
  const start = sentence.endsWith('*') ? sentence.slice(0, -1) : sentence
  for (let at = 0; at < Math.min(start.length, bytes.length); at++) {
    if (bytes[at] !== start.charCodeAt(at)) return 'no'
  }
  if (bytes.length <= start.length) return 'begins'
  const rest = bytes.subarray(start.length)
  if (start === sentence) return fitLineEnd(rest)
  const end = rest.indexOf(CR)
  if (rest.subarray(0, end === -1 ? rest.length : end).some((byte) => byte < 0x20)) return 'no'
  if (end === -1) return bytes.length > longestSentence ? 'no' : 'begins'
  return fitLineEnd(rest.subarray(end))
}

function fitLineEnd(bytes: Uint8Array): Fit {
  if (bytes[0] !== CR || bytes.length > 2) return 'no'
  if (bytes.length === 1) return 'begins'
  return bytes[1] === LF ? 'whole' : 'no'
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
