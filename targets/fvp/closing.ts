import type { Readable } from 'node:stream'

/** How long what is left to read may keep us waiting after the program that said it has gone, milliseconds. */
const quietMs = 1_000

/**
 * Waits until a stream whose program has gone was read to its end. One that somebody else holds open is not waited for: it
 * is closed when nothing has come for a moment, or at once when nobody reads it.
 */
export async function closed(stream: Readable): Promise<void> {
  if (stream.closed) return
  const gone = new Promise<void>((resolve) => stream.once('close', () => resolve()))
  stream.on('error', () => undefined)
  if (stream.readableFlowing === true) giveUpWhenQuiet(stream, gone)
  else stream.destroy()
  await gone
}

function giveUpWhenQuiet(stream: Readable, gone: Promise<void>): void {
  let heard = false
  stream.on('data', () => (heard = true))
  const look = (): void => {
    heard = false
    timer = setTimeout(() => {
      // After a standstill of ours timers come before what can be read: that first.
      setImmediate(() => setImmediate(() => (heard ? look() : stream.destroy())))
    }, quietMs)
  }
  let timer: NodeJS.Timeout
  look()
  void gone.then(() => clearTimeout(timer))
}
