import { frameCandidates, FrameLines } from './frame-lines.ts'
import { frameAtStart, maxSequence, type Frame } from './frame.ts'
import { sumsOf } from './kernel-log.ts'
import { LineSums } from './line-sums.ts'
import { parsePayload } from './record-schema.ts'
import type { TargetRecord } from './record.ts'

/** What a chunk of bytes brought. */
export interface Received {
  /** Records that arrived for the first time, in order of arrival. */
  records: TargetRecord[]
  /** Lines to send to the guest now, joined, each with its line feed; empty when there is nothing to say. */
  say: string
}

/** At most so many `RESEND` lines at once: they must fit the 4096 bytes of a terminal's input queue (N_TTY_BUF_SIZE). */
const askAtOnce = 64
/** A line of the log that was asked for so often will not come; the records are worth waiting for without an end. */
const asksForLine = 64

/**
 * The host's end of the record channel, or of a boot console where printk may cut into the records. It has no clock and
 * needs none: the guest repeats its `end` record until it hears `DONE`, and each `end` makes the receiver ask for all that
 * is still missing, or say `DONE`. Where the guest tells what the kernel said on this console, lines that came otherwise
 * are asked for as well.
 */
export class RecordReceiver {
  readonly #lines = new FrameLines()
  readonly #records = new Map<number, TargetRecord>()
  readonly #rejected = new Map<number, string>()
  readonly #console = new LineSums()
  readonly #asked = new Map<number, number>()
  #count: number | undefined
  #damaged = 0

  /** Takes bytes as they came. Never throws. */
  feed(bytes: Uint8Array): Received {
    const received: Received = { records: [], say: '' }
    this.#console.feed(bytes)
    for (const line of this.#lines.feed(bytes)) {
      const frame = frameIn(line)
      if (frame === undefined) this.#damaged++
      else this.#take(frame, received)
    }
    return received
  }

  /** All records so far, by sequence number. */
  records(): TargetRecord[] {
    return [...this.#records.values()].sort((a, b) => a.sequence - b.sequence)
  }

  /** Sequence numbers that must exist and did not arrive: up to the end's count, or up to the highest one seen. */
  missing(): number[] {
    const last = this.#count ?? this.#highest()
    return Array.from({ length: last }, (_, n) => n + 1).filter((n) => !this.#has(n))
  }

  /** Whether the guest has said its end and nothing is missing. */
  get complete(): boolean {
    return this.#count !== undefined && this.missing().length === 0
  }

  /** Lines that began a frame and failed its checksum, all of them, also those that came whole later. */
  get damaged(): number {
    return this.#damaged
  }

  /** Frames that arrived whole but are no record, or say under a used number something else: the guest is broken. */
  rejected(): { sequence: number; why: string }[] {
    return [...this.#rejected].map(([sequence, why]) => ({ sequence, why }))
  }

  /** The lines that came, by which the console is held against the kernel's own log. */
  get heard(): LineSums {
    return this.#console
  }

  #take(frame: Frame, received: Received): void {
    const { sequence } = frame
    const parsed = parsePayload(frame.payload)
    if (!parsed.ok) {
      if (!this.#has(sequence)) this.#rejected.set(sequence, parsed.why)
      return
    }
    const { body } = parsed
    const known = this.#records.get(sequence)
    if (known !== undefined && JSON.stringify(known.body) !== JSON.stringify(body)) {
      this.#rejected.set(sequence, 'the guest sent two different records under this number')
      return
    }
    if (body.fact === 'end' && body.records !== sequence) {
      this.#rejected.set(sequence, `an end record that counts ${body.records} came under another number`)
      return
    }
    if (known === undefined) {
      const record = { sequence, body }
      this.#records.set(sequence, record)
      received.records.push(record)
    }
    if (body.fact === 'end') received.say += this.#answerToEnd(body.records)
  }

  #answerToEnd(count: number): string {
    this.#count = Math.min(count, maxSequence)
    const missing = this.missing()
    const wanted = (missing.length > 0 ? missing : this.#linesToAskFor(this.#count)).slice(0, askAtOnce)
    if (wanted.length === 0) return 'DONE\n'
    for (const sequence of wanted) this.#asked.set(sequence, (this.#asked.get(sequence) ?? 0) + 1)
    return wanted.map((sequence) => `RESEND ${sequence}\n`).join('')
  }

  /** The numbers of lines of the kernel's log, which come behind the end, that did not come over the console. */
  #linesToAskFor(count: number): number[] {
    const sums = [...this.#records.values()].flatMap(({ body }) => (body.fact === 'log' ? [body] : []))
    return sums
      .flatMap((body) => sumsOf(body).map((sum, n) => ({ sum, sequence: count + 1 + body.from + n })))
      .filter(({ sum, sequence }) => !this.#console.has(sum) && this.#isWorthAsking(sequence))
      .map(({ sequence }) => sequence)
  }

  #isWorthAsking(sequence: number): boolean {
    return sequence <= maxSequence && !this.#has(sequence) && (this.#asked.get(sequence) ?? 0) < asksForLine
  }

  #highest(): number {
    return [...this.#records.keys(), ...this.#rejected.keys()].reduce((most, one) => Math.max(most, one), 0)
  }

  #has(sequence: number): boolean {
    return this.#records.has(sequence) || this.#rejected.has(sequence)
  }
}

/** The last whole frame of a line. Something else, e.g. half of a printk, may stand before it, and a line of the kernel behind it. */
function frameIn(line: string): Frame | undefined {
  for (const candidate of frameCandidates(line)) {
    const whole = frameAtStart(candidate)
    if (whole) return whole.frame
  }
  return undefined
}
