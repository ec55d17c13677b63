import { LineReader } from '../console/line-reader.ts'
import type { ConsoleLine } from '../console/line.ts'
import { Replays } from '../console/replays.ts'
import { BootReader, type BootInFile } from './boot-reader.ts'
import type { Glimpse } from './boot-start.ts'
import type { RecentBytes } from './recent-bytes.ts'

/** A line as the target said it, and what it is to the question where a boot begins. */
export interface SeenLine {
  line: ConsoleLine
  glimpse: Glimpse
}

/** A boot of more bytes is read at once: memory does not grow with it. */
export const mostUnread = 1024 * 1024

/**
 * A boot that is read when somebody asks for it: of a target that resets for ever, next to all boots are forgotten again, and
 * to read them takes as long as to find them.
 */
export class LateBoot {
  readonly #console: string
  readonly #bytes: RecentBytes
  readonly #look: (raw: ConsoleLine) => SeenLine
  /** Offsets of the lines that are the kernel's log printed again; whether that has them already. */
  readonly #again = new Map<number, boolean>()
  #first: ConsoleLine | undefined
  #boot: BootReader | undefined

  /**
   * @param bytes holds all bytes from the boot's first line on until the boot is read or given up
   * @param look what each line was seen as when it was found, told again
   */
  constructor(console: string, bytes: RecentBytes, look: (raw: ConsoleLine) => SeenLine) {
    this.#console = console
    this.#bytes = bytes
    this.#look = look
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
    const replays = new Replays((raw) => this.#look(raw).line.text)
    const take = (raw: ConsoleLine | undefined): void => {
      if (!raw) return
      const { line, glimpse } = this.#look(raw)
      const known = this.#again.get(raw.offset)
      if (known === undefined) boot.line(line, glimpse)
      else boot.again(line, glimpse, known)
    }
    for (const part of this.#bytes.between(offset, to)) for (const raw of reader.push(part)) take(replays.line(raw))
    for (const raw of reader.end()) take(replays.line(raw))
    take(replays.end())
    this.#again.clear()
    return boot
  }
}
