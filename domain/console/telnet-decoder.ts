/** What stands between the data of a telnet stream (RFC 854). */
export type TelnetEvent =
  | { kind: 'negotiation'; verb: TelnetVerb; option: number }
  | { kind: 'subnegotiation'; option: number; bytes: Uint8Array }
  /** A command of one byte, e.g. 241, NOP. */
  | { kind: 'command'; code: number }
  /** A subnegotiation that is longer than any that a console server has a reason for: the stream is damaged. */
  | { kind: 'overlong'; option: number }

export type TelnetVerb = 'will' | 'wont' | 'do' | 'dont'

/** Bytes that open and close what is not data, RFC 854. */
export const IAC = 255
export const SB = 250
export const SE = 240
/** The break of a terminal, for a server that knows no RFC 2217. */
export const BREAK = 243
export const verbs: Record<TelnetVerb, number> = { will: 251, wont: 252, do: 253, dont: 254 }
const verbOf = new Map(Object.entries(verbs).map(([verb, code]) => [code, verb as TelnetVerb]))

/** RFC 2217's longest is a signature, a line of text. */
export const longestSubnegotiation = 1024

type State = 'data' | 'command' | 'option' | 'subnegotiation' | 'subnegotiation command'

/**
 * Takes the telnet out of a stream of bytes, however it is cut into chunks. Data is what a UART said, so nothing but a
 * doubled 0xFF is changed in it: no CR NUL is made or unmade, whatever RFC 854 says of its virtual terminal, because no
 * console server adds one.
 */
export class TelnetDecoder {
  readonly #onEvent: (event: TelnetEvent) => void
  #state: State = 'data'
  #verb: TelnetVerb = 'will'
  /** The subnegotiation so far; its first byte is the option. */
  #collected: number[] = []

  /** @param onEvent called while `push` runs, in the order of the stream */
  constructor(onEvent: (event: TelnetEvent) => void) {
    this.#onEvent = onEvent
  }

  /** Takes the next bytes; returns the data in them, which may be a view of the chunk. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#state === 'data' && !chunk.includes(IAC)) return chunk
    const data = new Uint8Array(chunk.length)
    let length = 0
    for (let at = 0; at < chunk.length;) {
      if (this.#state === 'data') {
        const found = chunk.indexOf(IAC, at)
        const end = found === -1 ? chunk.length : found
        data.set(chunk.subarray(at, end), length)
        length += end - at
        at = end + 1
        if (found !== -1) this.#state = 'command'
      } else if (this.#takes(chunk[at++]!)) data[length++] = IAC
    }
    return data.subarray(0, length)
  }

  /** Takes a byte that is not plain data; whether it is a 0xFF of the data after all. */
  #takes(byte: number): boolean {
    switch (this.#state) {
      case 'command':
        return this.#command(byte)
      case 'option':
        this.#state = 'data'
        this.#onEvent({ kind: 'negotiation', verb: this.#verb, option: byte })
        return false
      case 'subnegotiation':
        if (byte === IAC) this.#state = 'subnegotiation command'
        else this.#collect(byte)
        return false
      case 'subnegotiation command':
        this.#inSubnegotiation(byte)
        return false
      case 'data':
        return false
    }
  }

  #command(byte: number): boolean {
    this.#state = 'data'
    if (byte === IAC) return true
    const verb = verbOf.get(byte)
    if (verb !== undefined) {
      this.#verb = verb
      this.#state = 'option'
    } else if (byte === SB) {
      this.#collected = []
      this.#state = 'subnegotiation'
    } else this.#onEvent({ kind: 'command', code: byte })
    return false
  }

  #inSubnegotiation(byte: number): void {
    this.#state = 'subnegotiation'
    if (byte === IAC) return this.#collect(IAC)
    const [option, ...rest] = this.#collected
    this.#state = 'data'
    if (option !== undefined) this.#onEvent({ kind: 'subnegotiation', option, bytes: Uint8Array.from(rest) })
    // Anything but SE is a command that cuts the subnegotiation short (RFC 855 leaves it open; telnet clients do the same).
    if (byte !== SE) this.#command(byte)
  }

  #collect(byte: number): void {
    this.#collected.push(byte)
    if (this.#collected.length <= longestSubnegotiation) return
    this.#state = 'data'
    this.#onEvent({ kind: 'overlong', option: this.#collected[0]! })
    this.#collected = []
  }
}

/** Data as it must be sent: each 0xFF twice, nothing else changed. */
export function telnetData(data: Uint8Array): Uint8Array {
  let doubled = 0
  for (let at = data.indexOf(IAC); at !== -1; at = data.indexOf(IAC, at + 1)) doubled++
  if (doubled === 0) return data
  const sent = new Uint8Array(data.length + doubled)
  let length = 0
  for (const byte of data) {
    sent[length++] = byte
    if (byte === IAC) sent[length++] = IAC
  }
  return sent
}
