import { constants, openSync, unlinkSync } from 'node:fs'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** How long bytes gather before they are read, milliseconds. */
const gatherMs = 2
/** What a pipe holds on Linux, pipe(7). */
const pipeBytes = 65_536

/** The names that QEMU gives to the two directions of `-chardev pipe,path=PATH` (chardev/char-pipe.c, 10.0). */
function endsOf(path: string): { toQemu: string; fromQemu: string } {
  return { toQemu: `${path}.in`, fromQemu: `${path}.out` }
}

/**
 * Makes the pipes of channels and becomes QEMU, which opens them. One start of a process less: while one is started this
 * process stands still, longer than the pipes take. mkfifo is coreutils' own, wherever the user's PATH leads.
 */
const pipesFirst = `
( cd -- "$1" && LC_ALL=C PATH=/usr/bin:/bin exec mkfifo -m 600 $2 ) || exit
shift 2
exec "$@"
`

/**
 * The command that starts QEMU with the pipes of its channels made. When they cannot be made it says so (`pipesRefused`).
 * @param folder an existing one, for the pipes
 * @param names of the channels, without white space
 * @param qemu the command and its arguments
 */
export function withPipes(folder: string, names: string[], qemu: string[]): { command: string; args: string[] } {
  const pipes = names.map(endsOf).flatMap(({ toQemu, fromQemu }) => [toQemu, fromQemu])
  return { command: '/bin/sh', args: ['-c', pipesFirst, 'pipes', folder, pipes.join(' '), ...qemu] }
}

/** Whether a complaint is that of `withPipes`: the file system has no room or no pipes. */
export function pipesRefused(complaint: string): boolean {
  return /^(mkfifo|pipes): /.test(complaint)
}

/**
 * Our end of a `-chardev pipe`. Open it when QEMU has opened its own and before the machine runs; the names are gone then.
 * It ends when QEMU closes its end, after all bytes.
 *
 * A UART speaks byte by byte. A socket keeps each byte in a buffer of its own, has room for some 200 of those
 * (net.core.wmem_default) and wakes us up for each; a guest that says more at once waits for us, 0.3 s of a boot of 0.8 s.
 * A pipe puts bytes together, has room for 64 KB, and wakes nobody as long as nobody waits on it: so we let bytes gather
 * for a moment before we look again.
 */
export class FifoChannel extends Duplex {
  readonly #from: Socket
  readonly #to: Socket

  /** @throws the system's error when the names are not there */
  constructor(path: string) {
    super({ allowHalfOpen: false })
    const { toQemu, fromQemu } = endsOf(path)
    const gather = (count: number, bytes: Uint8Array): boolean => {
      this.push(Buffer.from(bytes.subarray(0, count)))
      // Whoever says that much in the time is not to wait: the pipe could be full before the next look.
      if (count > pipeBytes / 4) return true
      setTimeout(() => this.#from.resume(), gatherMs)
      return false
    }
    const onread = { buffer: Buffer.alloc(pipeBytes), callback: gather }
    // QEMU has both ends of both open (O_RDWR), so neither waits here, and the first ends only with QEMU. The second is
    // opened for reading too, because a QEMU that has gone must not be an error.
    const from = openSync(fromQemu, constants.O_RDONLY | constants.O_NONBLOCK)
    const to = openSync(toQemu, constants.O_RDWR | constants.O_NONBLOCK)
    unlinkSync(fromQemu)
    unlinkSync(toQemu)
    this.#from = new Socket({ fd: from, readable: true, writable: false, onread })
    this.#to = new Socket({ fd: to, readable: false, writable: true })
    for (const end of [this.#from, this.#to]) end.on('error', (error) => this.destroy(error))
    this.#from.once('end', () => this.push(null))
    this.#from.resume()
  }

  /** Bytes are pushed as they come: who captures takes them at once. */
  override _read(): void {}

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#to.write(chunk, encoding, done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#from.destroy()
    this.#to.destroy()
    done(error)
  }
}
