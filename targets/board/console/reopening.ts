import { ConsoleFault, type ConsoleFaultKind } from './console-fault.ts'
import type { ConsoleGap, ConsoleLine, ConsoleSource } from './console-source.ts'
import { UartStream } from './uart-stream.ts'

/** Faults of a UART that is away, or is just going or coming; with any other the lab itself is broken. */
const away = new Set<ConsoleFaultKind>(['no-device', 'in-use', 'closed'])

/** When a UART that is away is worth another try. */
export interface Return {
  /** Resolves when it may be back, or when it is time to ask again; never before something has changed or time has passed. */
  perhapsBack(signal: AbortSignal): Promise<void>
}

/**
 * A UART that vanishes with its board's power: an on-board USB serial, on this machine or behind a console server. It is
 * opened again when it comes back, and each time in which nobody listened is a gap. So that all lines can be attached before
 * power-on, `open` resolves also when the UART is not there yet; that time is the first gap.
 * @param patienceMs how long it may be away at a time before the line counts as broken
 */
export function reopening(source: ConsoleSource, back: Return, patienceMs: number): ConsoleSource {
  return {
    ...(source.server === undefined ? {} : { server: source.server }),
    open: async (signal) => {
      try {
        return new ReopenedLine(source, back, patienceMs, await source.open(signal))
      } catch (error) {
        if (!(error instanceof ConsoleFault) || !away.has(error.kind)) throw error
        return new ReopenedLine(source, back, patienceMs, error)
      }
    },
  }
}

class ReopenedLine implements ConsoleLine {
  readonly stream: UartStream
  readonly broken: Promise<string>
  readonly greeting: Uint8Array
  readonly #source: ConsoleSource
  readonly #back: Return
  readonly #patienceMs: number
  readonly #over = new AbortController()
  readonly #breaks = Promise.withResolvers<string>()
  readonly #gaps: ConsoleGap[] = []
  readonly #listeners: ((gap: ConsoleGap) => void)[] = []
  readonly #following: Promise<void>
  #line: ConsoleLine | undefined

  constructor(source: ConsoleSource, back: Return, patienceMs: number, first: ConsoleLine | ConsoleFault) {
    this.#source = source
    this.#back = back
    this.#patienceMs = patienceMs
    this.broken = this.#breaks.promise
    this.greeting = first instanceof ConsoleFault ? new Uint8Array(0) : first.greeting
    this.stream = new UartStream({
      resume: () => void this.#line?.stream.resume(),
      send: (bytes, done) => {
        if (this.#line === undefined) done()
        else this.#line.stream.write(bytes, () => done())
      },
    })
    this.#following = this.#follow(first)
  }

  /** That of the line as it is now: absent while it is away. */
  get sendBreak(): ((milliseconds: number) => Promise<void>) | undefined {
    const line = this.#line
    return line?.sendBreak === undefined ? undefined : async (milliseconds) => await line.sendBreak?.(milliseconds)
  }

  onGap(listener: (gap: ConsoleGap) => void): void {
    this.#listeners.push(listener)
    for (const gap of this.#gaps) listener(gap)
  }

  async close(): Promise<void> {
    this.#over.abort(new Error('the console was closed'))
    await this.#line?.close()
    await this.#following
  }

  /** Line after line until one does not come back, or `close`. */
  async #follow(first: ConsoleLine | ConsoleFault): Promise<void> {
    const { signal } = this.#over
    try {
      let why = first instanceof ConsoleFault ? first.message : await this.#read(first)
      while (!signal.aborted) {
        const line = await this.#reopen(why)
        // The board is on: what came while we attached is its own.
        this.stream.give(line.greeting)
        why = await this.#read(line)
      }
    } catch (error) {
      if (!signal.aborted) this.#breaks.resolve((error as Error).message)
    } finally {
      this.stream.over()
    }
  }

  /** Reads a line to its end. @returns why it ended */
  async #read(line: ConsoleLine): Promise<string> {
    this.#line = line
    line.stream.on('data', (chunk: Uint8Array) => {
      if (!this.stream.give(chunk)) line.stream.pause()
    })
    const closed = new Promise((resolve) => line.stream.once('close', resolve))
    const why = await Promise.race([line.broken, aborted(this.#over.signal)])
    // What the line had still read comes before the gap.
    if (!this.#over.signal.aborted) await closed
    this.#line = undefined
    await line.close()
    return why
  }

  async #reopen(why: string): Promise<ConsoleLine> {
    const gap = { offset: this.stream.taken, why }
    const since = performance.now()
    const { signal } = this.#over
    const done = new AbortController()
    const patience = AbortSignal.timeout(this.#patienceMs)
    const limit = AbortSignal.any([signal, patience, done.signal])
    let last = why
    try {
      for (;;) {
        // Watched before it is tried, so that a UART that comes in between is not missed.
        const mayBeBack = this.#back.perhapsBack(limit)
        mayBeBack.catch(() => undefined)
        const opened = await this.#try(limit)
        if (typeof opened !== 'string') return opened
        last = opened
        await mayBeBack
      }
    } catch (error) {
      if (signal.aborted || !patience.aborted) throw error
      const sentence = `${last} It did not come back within ${this.#patienceMs / 1000} s.`
      throw new ConsoleFault('no-device', sentence, { cause: error })
    } finally {
      done.abort()
      this.#tell({ ...gap, milliseconds: Math.round(performance.now() - since) })
    }
  }

  /** @returns the line, or the words of one that is still away */
  async #try(signal: AbortSignal): Promise<ConsoleLine | string> {
    try {
      return await this.#source.open(signal)
    } catch (error) {
      if (error instanceof ConsoleFault && away.has(error.kind)) return error.message
      throw error
    }
  }

  #tell(gap: ConsoleGap): void {
    this.#gaps.push(gap)
    for (const listener of this.#listeners) listener(gap)
  }
}

async function aborted(signal: AbortSignal): Promise<string> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  return 'the console was closed'
}
