import { read, write } from 'node:fs'
import { promisify } from 'node:util'
import { SerialPort } from 'serialport'

const readSome = promisify(read)
const writeSome = promisify(write)

/** What serialport's poller calls readable and writable (its lib/poller: libuv's UV_READABLE and UV_WRITABLE). */
const flags = { readable: 1, writable: 2 }
type Event = keyof typeof flags
type LinuxBinding = Extract<typeof SerialPort.binding, { open(options: { vmin?: number }): unknown }>
type LinuxPort = Extract<Awaited<ReturnType<LinuxBinding['open']>>, { poller: unknown }>

/** The tty hung up: its device, or the other end of the pty, has gone. libuv calls that a bad file descriptor. */
export class TtyGone extends Error {}

/**
 * A tty as serialport opens and sets it: raw, 8 data bits, no parity, no flow control, any speed the driver can make.
 * Reading, writing and waiting are our own on its descriptor: the stream of serialport 13 hears nothing while a write waits,
 * because its poller is told to watch for one event at a time.
 */
export class OpenPort {
  readonly #port: LinuxPort
  readonly #waiting = new Set<Event>()

  constructor(port: LinuxPort) {
    this.#port = port
  }

  /** Reads what is there, waiting for the first byte. @throws TtyGone; the system's error; serialport's when closed */
  async read(into: Buffer): Promise<number> {
    const { bytesRead } = await this.#when(
      'readable',
      async () => await readSome(this.#fd(), into, 0, into.length, null),
    )
    if (bytesRead === 0) throw new TtyGone('the tty hung up')
    return bytesRead
  }

  /** Writes all. @throws as `read` */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#when('writable', async () => await writeSome(this.#fd(), bytes, at))
      at += bytesWritten
    }
  }

  /** The speed that the driver made of ours, bits a second. */
  async speed(): Promise<number> {
    return (await this.#port.getBaudRate()).baudRate
  }

  async setBreak(on: boolean): Promise<void> {
    await this.#port.set({ brk: on })
  }

  async close(): Promise<void> {
    if (this.#port.isOpen) await this.#port.close()
  }

  #fd(): number {
    if (this.#port.fd === null) throw new Error('the tty was closed')
    return this.#port.fd
  }

  async #when<T>(event: Event, attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'EIO' || code === 'ENXIO' || code === 'ENODEV')
          throw new TtyGone('the tty hung up', { cause: error })
        if (code !== 'EAGAIN' && code !== 'EINTR') throw error
        // Closed while it was tried: its poller is gone, and to touch it ends the process.
        this.#fd()
      }
      await this.#ready(event)
    }
  }

  async #ready(event: Event): Promise<void> {
    this.#waiting.add(event)
    try {
      await new Promise<void>((resolve, reject) => {
        this.#port.poller.once(event, (error) => {
          if (error === null) resolve()
          else reject('canceled' in error ? error : new TtyGone('the tty hung up', { cause: error }))
        })
        // For both, where both are waited for: the call above watches for this one alone.
        this.#port.poller.poll([...this.#waiting].reduce((sum, each) => sum | flags[each], 0))
      })
    } finally {
      this.#waiting.delete(event)
    }
  }
}

/**
 * Opens a tty by serialport and sets it. What had come before is thrown away by it.
 * @param speed bits a second
 * @throws the system's words in an Error of serialport
 */
export async function openPort(path: string, speed: number): Promise<OpenPort> {
  const binding = SerialPort.binding as LinuxBinding
  // Its lock is flock alone, and comes after the tty was set, perhaps under somebody who uses it. No hupcl: a board whose
  // reset hangs on DTR is not to be reset when we let go.
  const port = await binding.open({ path, baudRate: speed, lock: false, hupcl: false })
  return new OpenPort(port as LinuxPort)
}
