import { cleanText, dirty } from './clean.ts'
import type { ConsoleLine } from './line.ts'

/** Bytes after which a line without an end is cut; the rest keeps the line's number and gets its own offset. */
export const longestLine = 64 * 1024

const LF = 10
const CR = 13

/**
 * Cuts the raw bytes of one console into lines, in constant memory, however the bytes are chunked.
 * Whole blocks of lines are decoded at once: one call to the decoder for each line costs more than all else together.
 */
export class LineReader {
  // A byte order mark in the middle of a console is text like any other, so it must not vanish at the start of a block.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #rest = new Uint8Array(longestLine)
  #restLength = 0
  /** Offset in the console of the first byte not yet handed out as a line. */
  #offset: number
  #number: number

  /** @param from where the first line stands, for one who reads a console from its middle */
  constructor({ offset, number }: { offset: number; number: number } = { offset: 0, number: 1 }) {
    this.#offset = offset
    this.#number = number
  }

  /** Takes the next bytes of the console; returns the lines that they complete. The chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): ConsoleLine[] {
    const lines: ConsoleLine[] = []
    let start = 0
    if (this.#restLength > 0) start = this.#complete(chunk, lines)
    const end = chunk.lastIndexOf(LF) + 1
    if (end > start) {
      this.#block(chunk.subarray(start, end), lines)
      start = end
    }
    while (chunk.length - start >= longestLine) {
      this.#cut(chunk.subarray(start, start + longestLine), lines)
      start += longestLine
    }
    if (start < chunk.length) {
      this.#rest.set(chunk.subarray(start), this.#restLength)
      this.#restLength += chunk.length - start
    }
    return lines
  }

  /** Returns the last line when the console ended without a line feed, else nothing. */
  end(): ConsoleLine[] {
    const lines: ConsoleLine[] = []
    if (this.#restLength > 0) this.#cut(this.#rest.subarray(0, this.#restLength), lines)
    this.#restLength = 0
    return lines
  }

  /** Fills up the line that the last chunk left open; returns how many bytes of `chunk` that took. */
  #complete(chunk: Uint8Array, lines: ConsoleLine[]): number {
    const feed = chunk.indexOf(LF)
    const wanted = feed < 0 ? chunk.length : feed + 1
    const taken = Math.min(wanted, longestLine - this.#restLength)
    this.#rest.set(chunk.subarray(0, taken), this.#restLength)
    this.#restLength += taken
    const open = this.#rest.subarray(0, this.#restLength)
    if (taken === wanted && feed >= 0) this.#block(open, lines)
    else if (this.#restLength === longestLine) this.#cut(open, lines)
    else return taken
    this.#restLength = 0
    return taken
  }

  /** Splits bytes that end with a line feed. */
  #block(bytes: Uint8Array, lines: ConsoleLine[]): void {
    const text = this.#decoder.decode(bytes)
    // Each byte became one UTF-16 unit only if the block is ASCII (or each broken byte one U+FFFD): then indexes are offsets.
    if (text.length !== bytes.length) return this.#slowBlock(bytes, lines)
    const base = this.#offset
    // Asked of the whole block: of a clean one no line need be asked again.
    const isClean = !dirty.test(text)
    let start = 0
    for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', start)) {
      if (feed - start >= longestLine) start = this.#cutLong(bytes, start, feed, lines)
      const end = feed > start && text.charCodeAt(feed - 1) === CR ? feed - 1 : feed
      const cut = text.slice(start, end)
      lines.push(
        isClean ? { number: this.#number++, offset: base + start, text: cut } : line(this.#number++, base + start, cut),
      )
      start = feed + 1
    }
    this.#offset = base + text.length
  }

  #slowBlock(bytes: Uint8Array, lines: ConsoleLine[]): void {
    const base = this.#offset
    let start = 0
    for (let feed = bytes.indexOf(LF); feed >= 0; feed = bytes.indexOf(LF, start)) {
      if (feed - start >= longestLine) start = this.#cutLong(bytes, start, feed, lines)
      const end = feed > start && bytes[feed - 1] === CR ? feed - 1 : feed
      lines.push(line(this.#number++, base + start, this.#decoder.decode(bytes.subarray(start, end))))
      start = feed + 1
    }
    this.#offset = base + bytes.length
  }

  /** Cuts full pieces off the line from `start` to `feed`; returns where the last piece, which `feed` ends, starts. */
  #cutLong(bytes: Uint8Array, start: number, feed: number, lines: ConsoleLine[]): number {
    const base = this.#offset
    while (feed - start >= longestLine) {
      lines.push(line(this.#number, base + start, this.#decoder.decode(bytes.subarray(start, start + longestLine))))
      start += longestLine
    }
    return start
  }

  /** Hands out bytes that no line feed ends. */
  #cut(bytes: Uint8Array, lines: ConsoleLine[]): void {
    lines.push(line(this.#number, this.#offset, this.#decoder.decode(bytes)))
    this.#offset += bytes.length
  }
}

function line(number: number, offset: number, text: string): ConsoleLine {
  if (!dirty.test(text)) return { number, offset, text }
  const { text: clean, garbage, escapes } = cleanText(text)
  return { number, offset, text: clean, ...(garbage > 0 && { garbage }), ...(escapes > 0 && { escapes }) }
}

/** Takes the raw bytes of a whole console; returns its lines. */
export function readLines(bytes: Uint8Array): ConsoleLine[] {
  const reader = new LineReader()
  const lines = reader.push(bytes)
  return [...lines, ...reader.end()]
}
