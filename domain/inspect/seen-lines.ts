import { stampOf } from '../console/kernel-message.ts'
import { LineParts } from '../console/line-parts.ts'
import type { ConsoleLine } from '../console/line.ts'
import { Replays } from '../console/replays.ts'
import { matchSignatures } from '../signatures/match.ts'
import type { Glimpse } from './boot-start.ts'
import type { InnerLine, PrefixReader } from './prefix.ts'
import { isStamped } from './wrapped-lines.ts'

/** A line as the target said it, and what it is to the question where a boot begins. */
export interface SeenLine {
  line: ConsoleLine
  glimpse: Glimpse
}

/**
 * Sees in the lines of a file what the target said: without what the tools on the way put before it, joined where a
 * terminal or a mail wrapped it, cut where another voice begins in mid-line, and without what the kernel says again because it was interrupted. Each comes back one late.
 */
export class SeenLines {
  readonly #prefix: PrefixReader
  readonly #parts = new LineParts()
  /** A line that may go on in the next one, and its last piece. */
  #open: { raw: ConsoleLine; inner: InnerLine; piece: string } | undefined
  readonly #replays = new Replays((raw) => this.#prefix.strip(raw.text).text)

  constructor(prefix: PrefixReader) {
    this.#prefix = prefix
  }

  /** Takes the next line of the file, and gives on what was said before its last part. */
  take(raw: ConsoleLine, give: (seen: SeenLine) => void): void {
    const before = this.#replays.line(raw)
    if (before) this.#take(before, give)
  }

  #take(raw: ConsoleLine, give: (seen: SeenLine) => void): void {
    const inner = this.#prefix.strip(raw.text)
    const { wrapped } = this.#prefix
    if (!wrapped) return this.#line(raw, inner, give)
    const open = this.#open
    const joint = open && wrapped.joint(open.piece, inner)
    if (open && joint !== undefined) {
      open.inner = { ...open.inner, text: open.inner.text + joint + inner.text }
      open.piece = inner.text
    } else {
      this.#close(give)
      if (isStamped(inner.text)) this.#open = { raw, inner, piece: inner.text }
      else this.#line(raw, inner, give)
    }
    if (this.#open && !wrapped.canGoOn(this.#open.piece)) this.#close(give)
  }

  /** Gives on the last line, when no other will come. */
  end(give: (seen: SeenLine) => void): void {
    const last = this.#replays.end()
    if (last) this.#take(last, give)
    this.#close(give)
  }

  #close(give: (seen: SeenLine) => void): void {
    const open = this.#open
    this.#open = undefined
    if (open) this.#line(open.raw, open.inner, give)
  }

  #line(raw: ConsoleLine, inner: InnerLine, give: (seen: SeenLine) => void): void {
    const line = inner.text === raw.text ? raw : { ...raw, text: inner.text }
    const parts = inner.by === 'process' ? undefined : this.#parts.split(line)
    if (!parts) give(seen(line, inner))
    else
      for (const [n, part] of parts.entries())
        give(seen(part, n === 0 ? { ...inner, text: part.text } : { text: part.text }))
  }
}

function seen(line: ConsoleLine, inner: InnerLine): SeenLine {
  const match = matchSignatures(line)
  return { line, glimpse: { inner, match, at: match ? match.at : stampOf(line.text) } }
}
