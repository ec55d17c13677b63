import { frameCandidates, FrameLines } from './frame-lines.ts'
import { decodeFrame, maxSequence, type Frame } from './frame.ts'
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

/**
 * The host's end of the record channel, or of a boot console where printk may cut into the records. It has no clock and
 * needs none: the guest repeats its `end` record until it hears `DONE`, and each `end` makes the receiver ask for all that
 * is still missing, or say `DONE`.
 */
export class RecordReceiver {
  readonly #lines = new FrameLines()
  readonly #records = new Map<number, TargetRecord>()
  readonly #rejected = new Map<number, string>()
  #count: number | undefined
  #damaged = 0

  /** Takes bytes as they came. Never throws. */
  feed(bytes: Uint8Array): Received {
    const received: Received = { records: [], say: '' }
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
    const last = this.#count ?? Math.max(0, ...this.#records.keys(), ...this.#rejected.keys())
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
    if (missing.length === 0) return 'DONE\n'
    return missing
      .slice(0, askAtOnce)
      .map((sequence) => `RESEND ${sequence}\n`)
      .join('')
  }

  #has(sequence: number): boolean {
    return this.#records.has(sequence) || this.#rejected.has(sequence)
  }
}

/** The frame that ends a line. Something else, e.g. half of a printk, may stand before it. */
function frameIn(line: string): Frame | undefined {
  for (const candidate of frameCandidates(line)) {
    const frame = decodeFrame(candidate)
    if (frame !== undefined) return frame
  }
  return undefined
}
