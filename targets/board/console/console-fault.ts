import { LabError } from '../../../domain/errors.ts'
import type { ConsoleServer } from './console-source.ts'

export type ConsoleFaultKind =
  /** Nobody listens at the server's address: it has died, or its port is another. */
  | 'refused'
  /** No way to the server: name, route, or no answer. */
  | 'unreachable'
  /** Somebody else has the UART. */
  | 'in-use'
  /** The server or host is there, the UART is not: an on-board USB serial of a board that is off. */
  | 'no-device'
  /** The server hung up at once. */
  | 'closed'
  /** Anything else; the sentence says it. */
  | 'other'

/** What keeps us from a UART. None of it is the board's doing, except that an on-board USB serial goes with its power. */
export class ConsoleFault extends LabError {
  readonly kind: ConsoleFaultKind
  readonly server: ConsoleServer | undefined

  constructor(kind: ConsoleFaultKind, sentence: string, options: { server?: ConsoleServer; cause?: unknown } = {}) {
    super('PlaceBroken', sentence, { retryable: true, cause: options.cause })
    this.kind = kind
    this.server = options.server
  }
}

/** What a console server's own sentence means; the sentences are those of ser2net and gensio. */
export function kindOfSentence(said: string): ConsoleFaultKind {
  if (/already in use|closing/i.test(said)) return 'in-use'
  if (/open failure|failed open|disabled/i.test(said)) return 'no-device'
  return 'other'
}

/** `the console server at lab1 port 4001`, and from where it is dialled. */
export function nameOfServer({ address, port, via }: ConsoleServer): string {
  return `the console server at ${address} port ${port}${via === undefined ? '' : ` (dialled from ${via})`}`
}

/** Puts a sentence's first letter in upper case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
