import { once } from 'node:events'
import type { Duplex } from 'node:stream'

/** What came first on a stream. */
export interface FirstWords {
  words: Buffer
  /** Whether the stream ended, or said too much, before the words had their end. */
  cut: boolean
}

/** No greeting, answer or error is that long. */
const mostBytes = 16_384

/**
 * Reads a stream that nobody reads yet up to where some words end; what stands behind them is there for the next reader.
 * @param endOf where the words end in what has come so far; undefined when they do not yet
 * @throws the signal's reason when aborted
 */
export async function firstWords(
  stream: Duplex,
  endOf: (seen: Buffer) => number | undefined,
  signal: AbortSignal,
): Promise<FirstWords> {
  let seen = Buffer.alloc(0)
  while (seen.length <= mostBytes) {
    const chunk = await nextChunk(stream, signal)
    if (chunk === null) break
    seen = Buffer.concat([seen, chunk])
    const end = endOf(seen)
    if (end === undefined) continue
    if (end < seen.length) stream.unshift(seen.subarray(end))
    return { words: seen.subarray(0, end), cut: false }
  }
  return { words: seen, cut: true }
}

/** The end of the first line. */
export function lineEnd(seen: Buffer): number | undefined {
  const at = seen.indexOf(0x0a)
  return at === -1 ? undefined : at + 1
}

/** The end of a text, wherever it stands. */
export function textEnd(text: string): (seen: Buffer) => number | undefined {
  return (seen) => {
    const at = seen.indexOf(text)
    return at === -1 ? undefined : at + text.length
  }
}

async function nextChunk(stream: Duplex, signal: AbortSignal): Promise<Buffer | null> {
  for (;;) {
    signal.throwIfAborted()
    const chunk = stream.read() as Buffer | null
    if (chunk !== null) return chunk
    if (stream.readableEnded || stream.destroyed) return null
    const over = new AbortController()
    const options = { signal: over.signal }
    const abort = () => over.abort()
    signal.addEventListener('abort', abort, { once: true })
    try {
      // An error is followed by close.
      await Promise.race(['readable', 'end', 'close'].map(async (event) => await once(stream, event, options)))
    } catch {
      // Told by the next look.
    } finally {
      signal.removeEventListener('abort', abort)
      over.abort()
    }
  }
}
