import { once } from 'node:events'
import { counted } from '../../../domain/counted.ts'
import type { Duplex } from 'node:stream'
import type { WordFilter } from '../../../domain/console/word-filter.ts'
import { ConsoleFault, kindOfSentence, sentence, type ConsoleFaultKind } from './console-fault.ts'
import type { ConsoleLine, ConsoleServer } from './console-source.ts'
import { UartStream } from './uart-stream.ts'

/** A server that refuses says so within some milliseconds after it accepted the connection; there is no word for "open". */
export const settleMs = 50
/** A silence worth mentioning when a connection ends behind it: some servers cut a silent reader off. */
const longSilence = 1000

/** How a connection carries a UART. */
export interface Way {
  /** Who is at its other end, for sentences: `the console server at lab1 port 4001`. */
  who: string
  server?: ConsoleServer
  /** The UART's bytes in those of the connection. */
  decode(chunk: Uint8Array): Uint8Array
  encode(bytes: Uint8Array): Uint8Array
  sendBreak?: (milliseconds: number) => Promise<void>
  /** Tells what the other end says in the UART's place from what the UART says. */
  filter?: WordFilter
  /** For how long after connecting the other end may still refuse us, milliseconds; 0 where it has said that it will not. */
  settleMs: number
  /** The other end has not refused us: what it is to hear before the first byte for the UART can go. */
  begin?(): void
  /** What is known about why the connection ended, beside that it did; a part of a sentence. */
  whyEnded?(): Promise<string | undefined>
  /** Lets go of what is behind the connection. */
  release?(): Promise<void>
}

/**
 * Makes a line of a connection that is just open, and waits until its server has had the time to refuse it.
 * The connection is the line's from now on, also when it cannot be attached.
 * @throws ConsoleFault with the server's words; the signal's reason when aborted
 */
export async function attach(connection: Duplex, way: Way, signal: AbortSignal): Promise<ConsoleLine> {
  const line = new AttachedLine(connection, way)
  const abort = () => line.settled(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    await line.attached
    return line
  } catch (error) {
    await line.close()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

class AttachedLine implements ConsoleLine {
  readonly stream: UartStream
  readonly broken: Promise<string>
  readonly attached: Promise<void>
  greeting: Uint8Array = new Uint8Array(0)
  readonly sendBreak: ((milliseconds: number) => Promise<void>) | undefined
  readonly #connection: Duplex
  readonly #way: Way
  readonly #gone: Promise<unknown>
  #settling = true
  #hasSettled = Promise.withResolvers<void>()
  #breaks = Promise.withResolvers<string>()
  #over = false
  #timer: NodeJS.Timeout | undefined
  #lastByte = performance.now()
  #bytes = 0

  constructor(connection: Duplex, way: Way) {
    this.#connection = connection
    this.#way = way
    this.sendBreak = way.sendBreak
    this.attached = this.#hasSettled.promise
    this.broken = this.#breaks.promise
    this.stream = new UartStream({
      resume: () => void connection.resume(),
      send: (bytes, done) => {
        if (connection.writable) connection.write(way.encode(bytes), () => done())
        else done()
      },
    })
    let error: Error | undefined
    connection.on('error', (cause: Error) => (error = cause))
    connection.on('data', (chunk: Uint8Array) => this.#take(chunk))
    connection.once('end', () => connection.destroy())
    this.#gone = connection.closed ? Promise.resolve() : once(connection, 'close').catch(() => undefined)
    void this.#gone.then(() => this.#ended(error))
    if (way.settleMs === 0) this.settled()
    else this.#timer = setTimeout(() => this.#settle(), way.settleMs)
  }

  /** Ends the time of attaching, with an error when it failed. */
  settled(error?: Error): void {
    clearTimeout(this.#timer)
    this.#settling = false
    if (error === undefined) {
      this.#way.begin?.()
      this.#hasSettled.resolve()
    } else this.#hasSettled.reject(error)
  }

  async close(): Promise<void> {
    this.#over = true
    clearTimeout(this.#timer)
    this.#connection.destroy()
    await Promise.all([this.#gone, this.#way.release?.()])
    this.stream.over()
  }

  #take(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    this.#lastByte = performance.now()
    const bytes = this.#way.decode(chunk)
    const { filter } = this.#way
    if (filter === undefined) return this.#give(bytes)
    this.#give(filter.push(bytes))
    if (filter.said !== undefined) this.#connection.destroy()
    else if (!this.#settling && filter.holds) this.#timer ??= this.#releaseLater(filter)
  }

  #give(bytes: Uint8Array): void {
    if (this.#settling) this.greeting = Buffer.concat([this.greeting, bytes])
    else if (!this.stream.give(bytes)) this.#connection.pause()
  }

  #settle(): void {
    const { filter } = this.#way
    if (filter?.holds === true) this.#timer = this.#releaseLater(filter)
    else {
      this.#timer = undefined
      this.settled()
    }
  }

  #releaseLater(filter: WordFilter): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined
      this.#give(filter.release())
      if (this.#settling) this.settled()
    }, filter.patienceMs)
  }

  async #ended(error: Error | undefined): Promise<void> {
    // A reader that was behind is not to lose what had arrived.
    for (let chunk; (chunk = this.#connection.read() as Uint8Array | null) !== null;) this.#take(chunk)
    clearTimeout(this.#timer)
    const said = this.#way.filter?.end()
    this.#give(this.#way.filter?.release() ?? new Uint8Array(0))
    const greeted = this.#settling ? Buffer.from(this.greeting).toString('latin1').trim() : ''
    const words = said ?? (greeted === '' ? undefined : greeted)
    const why = words === undefined ? await this.#howEnded(error) : `said: ${words}`
    const text = `${sentence(this.#way.who)} ${why}`.replace(/\.?$/, '.')
    if (this.#settling) this.settled(this.#fault(said === undefined ? 'closed' : kindOfSentence(said), text, error))
    else if (!this.#over) this.#breaks.resolve(text)
    this.stream.over()
  }

  #fault(kind: ConsoleFaultKind, text: string, cause: Error | undefined): ConsoleFault {
    const { server } = this.#way
    return new ConsoleFault(kind, text, { ...(server === undefined ? {} : { server }), cause })
  }

  async #howEnded(error: Error | undefined): Promise<string> {
    const silence = performance.now() - this.#lastByte
    const read = `after ${counted(this.#bytes, 'byte')}${silence < longSilence ? '' : ` and ${seconds(silence)} s of silence`}`
    const what = error === undefined ? 'closed the connection' : `broke the connection (${error.message})`
    const known = await this.#way.whyEnded?.()
    return known === undefined ? `${what} ${read}` : `${what} ${read}: ${known}`
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1)
}
