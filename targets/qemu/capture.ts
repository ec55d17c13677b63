import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Socket } from 'node:net'
import { LabError } from '../../domain/errors.ts'

/** A channel that is being captured. */
export interface Capture {
  name: string
  /** Every byte that the channel ever gave, and nothing else. */
  rawPath: string
  /**
   * When the bytes came: text, one row for each chunk that was read, `<offset> <milliseconds>`: the chunk's first byte in
   * the raw file, and the host's time since 1970 with three decimals. Rows of the same millisecond are left out: bytes
   * belong to the last row whose offset is not behind them.
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
 * synchronous on purpose: it keeps the order of bytes across channels, needs no memory, and costs a few microseconds a
 * chunk; a guest that is faster than the disk waits, as it would on a slow line.
 * @param folder an existing one, where `<name>.raw` and `<name>.times` are made; they must not exist
 */
export function capture(folder: string, name: string, socket: Socket, reader: (chunk: Uint8Array) => void): Capture {
  const rawPath = join(folder, `${name}.raw`)
  const timesPath = join(folder, `${name}.times`)
  const raw = openSync(rawPath, 'wx')
  const times = openSync(timesPath, 'wx')
  const channel: Capture = {
    name,
    rawPath,
    timesPath,
    bytes: 0,
    write: (text) => void socket.write(text),
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
    socket.on('data', (chunk: Buffer) => {
      try {
        keep(chunk)
        reader(chunk)
      } catch (error) {
        reject(error as Error)
        socket.destroy()
      }
    })
    // A reset is how a killed QEMU hangs up; what it had said before was read.
    socket.on('error', () => undefined)
    socket.once('close', () => resolve())
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
