import { stampOf } from '../console/kernel-message.ts'
import { LineReader } from '../console/line-reader.ts'
import type { ConsoleLine } from '../console/line.ts'
import { matchSignatures } from '../signatures/match.ts'
import { BootReader, type BootInFile } from './boot-reader.ts'
import { BootStart, type Glimpse } from './boot-start.ts'
import { PrefixReader } from './prefix.ts'

/** What one log shows. */
export interface LogShown {
  /** Lines of the file. */
  lines: number
  /** Its boots in order; of very many, the first and the last. */
  boots: BootInFile[]
  /** How many there are in all. */
  bootCount: number
}

/** A log that keeps resetting has thousands of boots: so many are kept from its start, and so many from its end. */
const keptBoots = { first: 4, last: 12 }
/** Bytes that are looked at before the first line is read, to learn what stands before the lines. */
export const headBytes = 64 * 1024

/** Reads a log of any size, chunk by chunk, in constant memory. */
export class LogReader {
  readonly #name: string
  readonly #reader = new LineReader()
  readonly #prefix: PrefixReader
  readonly #start = new BootStart()
  readonly #boots: BootInFile[] = []
  #boot: BootReader
  #bootCount = 1
  #lines = 0

  /**
   * @param name the file, as evidence names it
   * @param head its first bytes, up to `headBytes`; they come again in the first chunks
   */
  constructor(name: string, head: Uint8Array) {
    this.#name = name
    this.#boot = new BootReader(name)
    const reader = new LineReader()
    this.#prefix = new PrefixReader(reader.push(head).map(({ text }) => text))
  }

  /** Takes the next bytes of the file. */
  push(chunk: Uint8Array): void {
    for (const line of this.#reader.push(chunk)) this.#line(line)
  }

  /** The file is at its end. */
  end(): LogShown {
    for (const line of this.#reader.end()) this.#line(line)
    this.#boots.push(this.#boot.end())
    return { lines: this.#lines, boots: this.#boots, bootCount: this.#bootCount }
  }

  #line(raw: ConsoleLine): void {
    this.#lines = raw.number
    const inner = this.#prefix.strip(raw.text)
    const line = inner.text === raw.text ? raw : { ...raw, text: inner.text }
    const match = matchSignatures(line)
    const glimpse: Glimpse = { inner, match, at: match ? match.at : stampOf(line.text) }
    if (this.#start.line(glimpse)) this.#nextBoot()
    this.#boot.line(line, glimpse)
  }

  #nextBoot(): void {
    this.#boots.push(this.#boot.end())
    if (this.#boots.length > keptBoots.first + keptBoots.last) this.#boots.splice(keptBoots.first, 1)
    this.#boot = new BootReader(this.#name)
    this.#bootCount++
  }
}
