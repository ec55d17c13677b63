import { IAC, SB, SE, telnetData, verbs, type TelnetVerb } from './telnet-decoder.ts'

const binary = 0
const echo = 1
const suppressGoAhead = 3
/** RFC 2217. */
export const comPort = 44

/** What a console server may do: it sends bytes as they are, and who types sees what the board echoes. */
const theirs = new Set([binary, echo, suppressGoAhead])
/** What we do when asked. */
const ours = new Set([binary, suppressGoAhead, comPort])

/** No server has a reason to change its mind about an option more often. */
const answersToOption = 4

/**
 * Our side of telnet's option negotiation. It asks for nothing: ser2net and others give bytes both ways whatever is
 * negotiated. It answers what is asked once, and never what is no change (RFC 854). Two peers may still answer each other for
 * ever when two changes of one option are under way at once (RFC 1143), so that the answers to an option are counted.
 */
export class TelnetOptions {
  readonly #on = { theirs: new Set<number>(), ours: new Set<number>() }
  readonly #answers = new Map<number, number>()

  /** Whether the server asked us to speak RFC 2217 to it. */
  get knowsComPort(): boolean {
    return this.#on.ours.has(comPort)
  }

  /** @returns what to send, undefined when nothing needs an answer, or the option has had its answers */
  answer(verb: TelnetVerb, option: number): Uint8Array | undefined {
    const answers = this.#answers.get(option) ?? 0
    if (answers === answersToOption) return undefined
    const answer = this.#answerTo(verb, option)
    if (answer) this.#answers.set(option, answers + 1)
    return answer
  }

  #answerTo(verb: TelnetVerb, option: number): Uint8Array | undefined {
    switch (verb) {
      case 'will':
        return this.#asked(this.#on.theirs, theirs.has(option), option, { yes: 'do', no: 'dont' })
      case 'do':
        return this.#asked(this.#on.ours, ours.has(option), option, { yes: 'will', no: 'wont' })
      case 'wont':
        return this.#on.theirs.delete(option) ? negotiation('dont', option) : undefined
      case 'dont':
        return this.#on.ours.delete(option) ? negotiation('wont', option) : undefined
    }
  }

  #asked(on: Set<number>, wanted: boolean, option: number, words: { yes: TelnetVerb; no: TelnetVerb }) {
    if (!wanted) return negotiation(words.no, option)
    if (on.has(option)) return undefined
    on.add(option)
    return negotiation(words.yes, option)
  }
}

function negotiation(verb: TelnetVerb, option: number): Uint8Array {
  return Uint8Array.of(IAC, verbs[verb], option)
}

/** RFC 2217's SET-CONTROL 5 and 6: the line's break begins, or ends. No server's answer to either can be believed. */
export function comPortBreak(state: 'on' | 'off'): Uint8Array {
  return comPortCommand(5, [state === 'on' ? 5 : 6])
}

/** RFC 2217's SET-BAUDRATE. @param speed bits a second */
export function comPortSpeed(speed: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, speed)
  return comPortCommand(1, [...bytes])
}

function comPortCommand(command: number, value: number[]): Uint8Array {
  return Uint8Array.of(IAC, SB, comPort, command, ...telnetData(Uint8Array.from(value)), IAC, SE)
}
