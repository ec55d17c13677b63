import { crc32OfBytes } from './crc32.ts'
import { magic } from './frame.ts'
import { SumSet } from './sum-set.ts'

/** Longest line that is looked at, bytes: printk's are shorter (PRINTK_MESSAGE_MAX of kernel/printk/internal.h is 2048). */
const longest = 4096
/** Carriage returns at a line's end that do not make it too long. */
const returns = 8
/** So many brackets of a line may begin the kernel's message: what stands before it was cut off by it. */
const brackets = 4
/** What a kernel's log can hold; of a console that says more the rest is not looked at. */
const mostBytes = 32 * 1024 * 1024
/** Sums that are remembered: those of 32 MiB of short lines. */
const mostSums = 1 << 19

const LF = 0x0a
const CR = 0x0d
const bracket = 0x5b
const magicBytes = Uint8Array.from(magic, (char) => char.charCodeAt(0))

/**
 * The CRC-32 of each line of a console, as `log` records have them of the kernel's own log: over the bytes without the
 * line's end. Where something else was being written when the kernel spoke, its message stands behind that on one line.
 * The texts of lines are kept only where they are asked for: memory does not grow with the console.
 */
export class LineSums {
  readonly #sums = new SumSet()
  readonly #keeps: (sum: number) => boolean
  readonly #texts = new Map<number, string>()
  readonly #rest = new Uint8Array(longest + returns)
  #restLength = 0
  /** The line that is not complete is longer than any that is looked at. */
  #overlong = false
  #bytes = 0

  /** @param keeps whether the text of a line with that sum is wanted, too */
  constructor(keeps: (sum: number) => boolean = () => false) {
    this.#keeps = keeps
  }

  /** Takes bytes as they came. */
  feed(bytes: Uint8Array): void {
    if (this.#bytes > mostBytes) return
    this.#bytes += bytes.length
    let start = 0
    for (let feed = bytes.indexOf(LF); feed >= 0; feed = bytes.indexOf(LF, start)) {
      if (this.#restLength === 0 && !this.#overlong) this.#line(bytes, start, feed)
      else {
        this.#hold(bytes, start, feed)
        if (!this.#overlong) this.#line(this.#rest, 0, this.#restLength)
      }
      this.#restLength = 0
      this.#overlong = false
      start = feed + 1
    }
    this.#hold(bytes, start, bytes.length)
  }

  /** Whether a line with this sum came. */
  has(sum: number): boolean {
    return this.#sums.has(sum)
  }

  /** The line with this sum, one character for each byte; undefined when none came, or its text was not wanted. */
  line(sum: number): string | undefined {
    return this.#texts.get(sum)
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    this.#overlong ||= this.#restLength + to - from > this.#rest.length
    if (this.#overlong) return
    this.#rest.set(bytes.subarray(from, to), this.#restLength)
    this.#restLength += to - from
  }

  #line(bytes: Uint8Array, from: number, feed: number): void {
    let to = feed
    while (to > from && bytes[to - 1] === CR) to--
    if (to === from || to - from > longest) return
    if (!startsWithMagic(bytes, from, to)) this.#add(bytes, from, to)
    let at = indexOfBracket(bytes, from + 1, to)
    for (let tries = 0; at > 0 && tries < brackets; tries++, at = indexOfBracket(bytes, at + 1, to))
      this.#add(bytes, at, to)
  }

  #add(bytes: Uint8Array, from: number, to: number): void {
    const sum = crc32OfBytes(bytes, from, to)
    if (this.#sums.size < mostSums) this.#sums.add(sum)
    if (this.#keeps(sum)) this.#texts.set(sum, String.fromCharCode(...bytes.subarray(from, to)))
  }
}

function startsWithMagic(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= magicBytes.length && magicBytes.every((byte, n) => bytes[from + n] === byte)
}

/**
 * A bracket that may begin a stamp: a blank or a digit follows (print_time(), kernel/printk/printk.c). Looked for within the
 * line only: a console without brackets is not searched to its end for each of its lines.
 */
function indexOfBracket(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === bracket && isBlankOrDigit(bytes[at + 1])) return at
  return -1
}

function isBlankOrDigit(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x30 && byte <= 0x39)
}
