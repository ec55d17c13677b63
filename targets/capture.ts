import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { LabError } from '../domain/errors.ts'

/** A channel that is being captured. */
export interface Capture {
  name: string
  /** Every byte that the channel ever gave, and nothing else. */
  rawPath: string
  /**
   * When the bytes were read, which for a console is up to 2 ms after they were said: text, one row for each chunk,
   * `<offset> <milliseconds>`: the chunk's first byte in the raw file, and the host's time since 1970 with three decimals.
   * Rows of the same millisecond are left out: bytes belong to the last row whose offset is not behind them.
   */
  timesPath: string
  /** Bytes on disk so far. */
  bytes: number
  /** Sends text to the target on the same channel. */
  write(text: string): void
  /**
   * Resolves when the target's side was closed and all it had said is on disk.
   * @throws LabError DiskFull when a byte could not be kept
   */
  closed: Promise<void>
}

/**
 * Captures one channel until its other side closes. Each chunk is on disk before `reader` gets it. Writing is
 * synchronous on purpose: it needs no memory, keeps the order in which channels were read, and costs a few microseconds a
 * chunk; a guest that is faster than the disk waits, as it would on a slow line.
 * @param folder an existing one, where `<name>.raw` and `<name>.times` are made; they must not exist
 */
export function capture(folder: string, name: string, from: Duplex, reader: (chunk: Uint8Array) => void): Capture {
  const rawPath = join(folder, `${name}.raw`)
  const timesPath = join(folder, `${name}.times`)
  const raw = openSync(rawPath, 'wx')
  const times = openSync(timesPath, 'wx')
  const channel: Capture = {
    name,
    rawPath,
    timesPath,
    bytes: 0,
    write: (text) => void from.write(text),
    closed: Promise.resolve(),
  }
  let lastMillisecond = 0
  const keep = (chunk: Uint8Array): void => {
    const now = performance.timeOrigin + performance.now()
    try {
      if (Math.floor(now) !== lastMillisecond) writeSync(times, `${channel.bytes} ${now.toFixed(3)}\n`)
      for (let written = 0; written < chunk.length;) written += writeSync(raw, chunk, written)
    } catch (error) {
      throw unkept(rawPath, error)
    }
    lastMillisecond = Math.floor(now)
    channel.bytes += chunk.length
  }
  channel.closed = new Promise<void>((resolve, reject) => {
    from.on('data', (chunk: Buffer) => {
      try {
        keep(chunk)
        reader(chunk)
      } catch (error) {
        reject(error as Error)
        from.destroy()
      }
    })
    // A reset is how a killed QEMU hangs up; what it had said before was read.
    from.on('error', () => undefined)
    from.once('close', () => resolve())
  }).finally(() => {
    closeSync(raw)
    closeSync(times)
  })
  return channel
}

function unkept(path: string, cause: unknown): LabError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new LabError('DiskFull', `A console could not be kept in ${path} (${why}): make room and boot again.`, {
    cause,
  })
}
