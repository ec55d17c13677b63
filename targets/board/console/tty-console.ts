import { setTimeout as delay } from 'node:timers/promises'
import type { ConsoleSpec } from '../../../domain/lab/console-spec.ts'
import { takeTty, TtyInUse, type ExclusiveTty } from '../../../host/exclusive-tty.ts'
import { ConsoleFault } from './console-fault.ts'
import type { ConsoleLine, ConsoleSource } from './console-source.ts'
import { openPort, TtyGone, type OpenPort } from './serial-port.ts'
import { UartStream } from './uart-stream.ts'

const chunkBytes = 65_536
/** An UART's speeds need not be equal to the bit: characters of ten bits are read in their middle. */
const mostDeviation = 0.03

/** A tty of this machine, for us alone: a second program is refused, and so are we where one has it. */
export function ttyConsole(spec: Extract<ConsoleSpec, { kind: 'tty' }>): ConsoleSource {
  return {
    open: async (signal) => {
      signal.throwIfAborted()
      const taken = await takeTty(spec.path).catch((cause: unknown) => {
        throw faultOf(spec.path, cause)
      })
      let port: OpenPort | undefined
      try {
        port = await openPort(spec.path, spec.speed)
        await taken.shut()
        await checkSpeed(port, spec)
        signal.throwIfAborted()
        return new TtyLine(spec.path, port, taken)
      } catch (cause) {
        await port?.close()
        await taken.release()
        signal.throwIfAborted()
        throw cause instanceof ConsoleFault ? cause : faultOf(spec.path, cause)
      }
    },
  }
}

class TtyLine implements ConsoleLine {
  readonly stream: UartStream
  readonly broken: Promise<string>
  readonly greeting = new Uint8Array(0)
  readonly #path: string
  readonly #port: OpenPort
  readonly #taken: ExclusiveTty
  readonly #breaks = Promise.withResolvers<string>()
  readonly #reading: Promise<void>
  #closed: Promise<void> | undefined
  #wanted: (() => void) | undefined

  constructor(path: string, port: OpenPort, taken: ExclusiveTty) {
    this.#path = path
    this.#port = port
    this.#taken = taken
    this.broken = this.#breaks.promise
    this.stream = new UartStream({
      resume: () => this.#wanted?.(),
      // What cannot be written is lost; that the tty has gone is for the reader to find.
      send: (bytes, done) => void port.write(bytes).then(done, () => done()),
    })
    this.#reading = this.#read()
  }

  async sendBreak(milliseconds: number): Promise<void> {
    await this.#port.setBreak(true)
    await delay(milliseconds)
    await this.#port.setBreak(false)
  }

  async close(): Promise<void> {
    await (this.#closed ??= this.#letGo())
    await this.#reading
  }

  async #letGo(): Promise<void> {
    this.#wanted?.()
    await this.#port.close()
    await this.#taken.release()
  }

  async #read(): Promise<void> {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    try {
      while (this.#closed === undefined) {
        const length = await this.#port.read(buffer)
        if (this.stream.give(Uint8Array.prototype.slice.call(buffer, 0, length))) continue
        await new Promise<void>((resolve) => (this.#wanted = resolve))
      }
    } catch (cause) {
      if (this.#closed === undefined) {
        this.#closed = this.#letGo()
        await this.#closed
        this.#breaks.resolve(faultOf(this.#path, cause).message)
      }
    } finally {
      this.stream.over()
    }
  }
}

async function checkSpeed(port: OpenPort, { path, speed }: { path: string; speed: number }): Promise<void> {
  const made = await port.speed()
  if (Math.abs(made - speed) > speed * mostDeviation)
    throw new ConsoleFault(
      'other',
      `The tty ${path} makes ${made} of ${speed} bits a second: its driver has no such speed.`,
    )
}

function faultOf(path: string, cause: unknown): ConsoleFault {
  const { message, code } = cause as NodeJS.ErrnoException
  if (cause instanceof TtyInUse)
    return new ConsoleFault('in-use', `The tty ${path} is in use by ${message}.`, { cause })
  if (code === 'EBUSY')
    return new ConsoleFault('in-use', `The tty ${path} is in use: a program has it for itself alone (TIOCEXCL).`, {
      cause,
    })
  if (code === 'EACCES')
    return new ConsoleFault('other', `The tty ${path} may not be opened by this user: add it to the group dialout.`, {
      cause,
    })
  if (cause instanceof TtyGone || code === 'ENOENT' || code === 'ENXIO' || code === 'ENODEV' || code === 'EIO')
    return new ConsoleFault('no-device', `The tty ${path} is not there, or has gone (${message}).`, { cause })
  return new ConsoleFault('other', `The tty ${path} cannot be used: ${message}.`, { cause })
}
