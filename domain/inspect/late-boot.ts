import { LineReader } from '../console/line-reader.ts'
import type { ConsoleLine } from '../console/line.ts'
import { BootReader, type BootInFile } from './boot-reader.ts'
import type { Glimpse } from './boot-start.ts'
import { KeptDump } from './kept-dump.ts'
import type { PrefixReader } from './prefix.ts'
import type { RecentBytes } from './recent-bytes.ts'
import { SeenLines, type SeenLine } from './seen-lines.ts'

/** A boot of more bytes is read at once: memory does not grow with it. */
export const mostUnread = 1024 * 1024

/**
 * A boot that is read when somebody asks for it: of a target that resets for ever, next to all boots are forgotten again, and
 * to read them takes as long as to find them.
 */
export class LateBoot {
  readonly #console: string
  readonly #bytes: RecentBytes
  readonly #prefix: PrefixReader
  /** Offsets of the lines that are the kernel's log printed again; whether that has them already. */
  readonly #again = new Map<number, boolean>()
  #first: ConsoleLine | undefined
  #boot: BootReader | undefined

  /**
   * @param bytes holds all bytes from the boot's first line on until the boot is read or given up
   * @param prefix the file's
   */
  constructor(console: string, bytes: RecentBytes, prefix: PrefixReader) {
    this.#console = console
    this.#bytes = bytes
    this.#prefix = prefix
  }

  /** Offset in the file of the first byte that is yet to be read; undefined when nothing is. */
  get unreadFrom(): number | undefined {
    return this.#boot ? undefined : this.#first?.offset
  }

  /** As BootReader.line(). */
  line(line: ConsoleLine, glimpse: Glimpse): void {
    this.#readBefore(line)?.line(line, glimpse)
  }

  /** As BootReader.again(). */
  again(line: ConsoleLine, glimpse: Glimpse, known: boolean): void {
    const boot = this.#readBefore(line)
    if (boot) boot.again(line, glimpse, known)
    else this.#again.set(line.offset, known)
  }

  /**
   * What the boot said.
   * @param to offset in the file of the first byte behind it
   */
  end(to: number): BootInFile {
    return (this.#boot ?? this.#read(to)).end()
  }

  /** Who reads a line at once; undefined while it may wait. */
  #readBefore(line: ConsoleLine): BootReader | undefined {
    this.#first ??= line
    if (!this.#boot && line.offset - this.#first.offset >= mostUnread) this.#boot = this.#read(line.offset)
    return this.#boot
  }

  #read(to: number): BootReader {
    const boot = new BootReader(this.#console)
    const { offset, number } = this.#first ?? { offset: to, number: 1 }
    const reader = new LineReader({ offset, number })
    const lines = new SeenLines(this.#prefix)
    const dump = new KeptDump()
    const take = ({ line, glimpse }: SeenLine): void => {
      if (dump.holds(glimpse)) return
      const known = this.#again.get(line.offset)
      if (known === undefined) boot.line(line, glimpse)
      else boot.again(line, glimpse, known)
    }
    for (const part of this.#bytes.between(offset, to)) for (const raw of reader.push(part)) lines.take(raw, take)
    for (const raw of reader.end()) lines.take(raw, take)
    lines.end(take)
    this.#again.clear()
    return boot
  }
}
