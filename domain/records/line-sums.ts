import { crc32 } from './crc32.ts'
import { magic } from './frame.ts'

/** Longest line that is looked at, bytes: printk's are shorter (PRINTK_MESSAGE_MAX of kernel/printk/internal.h is 2048). */
const longest = 4096
/** So many brackets of a line may begin the kernel's message: what stands before it was cut off by it. */
const brackets = 4
/** What a kernel's log can hold; of a console that says more the rest is not looked at. */
const mostBytes = 32 * 1024 * 1024

/**
 * The CRC-32 of each line of a console, as `log` records have them of the kernel's own log: over the bytes without the
 * line's end. Where something else was being written when the kernel spoke, its message stands behind that on one line.
 */
export class LineSums {
  readonly #decoder = new TextDecoder('latin1')
  readonly #lines = new Map<number, string>()
  #rest = ''
  #bytes = 0

  /** Takes bytes as they came. */
  feed(bytes: Uint8Array): void {
    if (this.#bytes > mostBytes) return
    this.#bytes += bytes.length
    const text = this.#decoder.decode(bytes)
    let start = 0
    for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', start)) {
      this.#line(this.#rest + text.slice(start, feed))
      this.#rest = ''
      start = feed + 1
    }
    if (this.#rest.length <= longest) this.#rest += text.slice(start)
  }

  /** The line with this sum, one character for each byte; undefined when none came. */
  line(sum: number): string | undefined {
    return this.#lines.get(sum)
  }

  #line(whole: string): void {
    const line = withoutReturns(whole)
    if (line.length === 0 || line.length > longest) return
    if (!line.startsWith(magic)) this.#lines.set(crc32(line), line)
    let at = line.indexOf('[', 1)
    for (let tries = 0; at > 0 && tries < brackets; tries++, at = line.indexOf('[', at + 1)) {
      const message = line.slice(at)
      this.#lines.set(crc32(message), message)
    }
  }
}

function withoutReturns(line: string): string {
  let end = line.length
  while (end > 0 && line.charCodeAt(end - 1) === 0x0d) end--
  return line.slice(0, end)
}
