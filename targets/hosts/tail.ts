import type { Readable } from 'node:stream'

const most = 64 * 1024

/**
 * Reads a stream of messages to its end, also one that was torn down.
 * @returns its last 64 KiB: what a command complained of last is what ended it
 */
export async function keepTail(stream: Readable | null | undefined): Promise<string> {
  if (!stream) return ''
  let tail = ''
  stream.setEncoding('utf8')
  await new Promise<void>((resolve) => {
    stream.on('data', (text: string) => (tail = (tail + text).slice(-most)))
    stream.on('error', () => resolve())
    stream.once('end', () => resolve())
    stream.once('close', () => resolve())
  })
  return tail
}
