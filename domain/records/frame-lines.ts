import { magic, maxFrame } from './frame.ts'

/** The longest line of the kernel with its prefix, and a terminal's line end (PRINTK_MESSAGE_MAX, kernel/printk/internal.h). */
const longestBehind = 2048 + 64 + 2
/** What is kept of a line that is not complete: a frame, and the kernel's line that may stand behind it before its line feed comes. */
const longestOpen = maxFrame + longestBehind

/**
 * Finds the lines of a byte stream that hold the beginning of a frame. It looks for the magic first and for line feeds
 * only around it, so that it costs next to nothing on a boot console. Of a line that is not complete only as much is kept
 * as a frame and a line of the kernel behind it can be long: memory is bounded whatever arrives.
 */
export class FrameLines {
  // The wire is ASCII; what this decoder makes of other bytes does not matter, the checksum refuses them.
  readonly #decoder = new TextDecoder('latin1')
  #rest = ''

  /** The lines with a frame's beginning that these bytes complete, without line feed and the carriage returns before it. */
  feed(bytes: Uint8Array): string[] {
    if (!this.#rest.includes(magic.charAt(0)) && !holdsMagic(bytes)) return this.#pass(bytes)
    const text = this.#rest + this.#decoder.decode(bytes)
    const whole = text.lastIndexOf('\n') + 1
    this.#rest = text.slice(Math.max(whole, text.length - longestOpen))
    const lines: string[] = []
    for (let at = text.indexOf(magic); at !== -1 && at < whole;) {
      const end = text.indexOf('\n', at)
      lines.push(text.slice(text.lastIndexOf('\n', at) + 1, end).replace(/\r+$/, ''))
      at = text.indexOf(magic, end)
    }
    return lines
  }

  /** No frame begins in these bytes: only the line that they leave open is of interest. */
  #pass(bytes: Uint8Array): string[] {
    const whole = bytes.lastIndexOf(0x0a) + 1
    const open = this.#decoder.decode(bytes.subarray(Math.max(whole, bytes.length - longestOpen)))
    this.#rest = whole > 0 ? open : (this.#rest + open).slice(-longestOpen)
    return []
  }
}

const magicBytes = Uint8Array.from(magic, (char) => char.charCodeAt(0))

function holdsMagic(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(magicBytes[0]!); at !== -1; at = bytes.indexOf(magicBytes[0]!, at + 1))
    if (magicBytes.every((byte, n) => bytes[at + n] === byte)) return true
  return false
}

/** The parts of a line that may begin with a frame: from each magic to the line's end, the last one first, so far from the end as one can begin. */
export function* frameCandidates(line: string): Generator<string> {
  const first = Math.max(0, line.length - longestOpen)
  for (let at = line.lastIndexOf(magic); at >= first; at = at === 0 ? -1 : line.lastIndexOf(magic, at - 1)) {
    yield line.slice(at)
  }
}
