import { Duplex } from 'node:stream'

/**
 * A stream of a link, as other streams are: it tells of its end once, and it is closed when it was destroyed, whatever the
 * host answers to that. One of ssh2's is neither.
 */
export class FarStream extends Duplex {
  readonly #channel: Duplex
  #over = false

  constructor(channel: Duplex) {
    super({ allowHalfOpen: false })
    this.#channel = channel
    const over = (): void => {
      if (!this.#over) this.push(null)
      this.#over = true
    }
    channel.on('data', (chunk: Buffer) => {
      if (!this.#over && !this.push(chunk)) channel.pause()
    })
    channel.once('end', over)
    // Without an end: the link was cut.
    channel.once('close', over)
    channel.once('error', over)
    channel.on('error', () => undefined)
  }

  override _read(): void {
    this.#channel.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, encoding, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    // Its own end is nobody's concern: who closes a channel that the host has closed waits for ever.
    this.#channel.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#over = true
    this.#channel.destroy()
    done(error)
  }
}
