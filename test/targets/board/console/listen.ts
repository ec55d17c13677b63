import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex, Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { freePorts } from '../../../../host/free-port.ts'
import type { ConsoleLine, ConsoleSource } from '../../../../targets/board/console/console-source.ts'
import type { RackPart } from '../../../rack/part.ts'

/** Every byte value, each beside many others, CR LF and CR NUL among them. */
export const everyByte = Buffer.concat([
  Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  Buffer.from(Array.from({ length: 256 }, (_, byte) => 255 - byte)),
  Buffer.from('\r\n\r\0\r\r\n\xff\xff\xfa\xff\xf0', 'latin1'),
])

/** Five megabytes in which every byte value stands some 20,000 times. */
export function fiveMegabytes(): Buffer {
  return Buffer.concat(Array.from({ length: 5 }, () => randomBytes(1_000_000)))
}

/** A part of the rack that ends with the test. */
export async function forTest<T extends RackPart>(starting: Promise<T>): Promise<T> {
  const part = await starting
  onTestFinished(() => part.stop())
  return part
}

/** Opens a line that is closed when the test ends. */
export async function openLine(source: ConsoleSource): Promise<ConsoleLine> {
  const line = await source.open(new AbortController().signal)
  onTestFinished(() => line.close())
  return line
}

/** All that a stream says, as it comes. */
export class Heard {
  #chunks: Buffer[] = []
  #length = 0
  #more = Promise.withResolvers<void>()
  readonly ended: Promise<unknown>

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(Buffer.from(chunk))
      this.#length += chunk.length
      this.#more.resolve()
      this.#more = Promise.withResolvers()
    })
    this.ended = new Promise((resolve) => stream.once('close', resolve))
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.bytes.toString('latin1')
  }

  /** Waits until that many bytes have come. */
  async length(bytes: number): Promise<Buffer> {
    while (this.#length < bytes) await this.#more.promise
    return this.bytes
  }

  /** Waits until a text has come. */
  async says(text: string): Promise<string> {
    while (!this.text.includes(text)) await this.#more.promise
    return this.text
  }
}

/** Writes all of it as fast as it is taken. */
export async function send(stream: Duplex, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    if (!stream.write(bytes.subarray(at, at + 65_536))) await once(stream, 'drain')
  }
}

/** A free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port!
}
