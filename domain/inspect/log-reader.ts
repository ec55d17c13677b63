import { LineReader } from '../console/line-reader.ts'
import type { ConsoleLine } from '../console/line.ts'
import { isShellPrompt } from '../console/shell-prompt.ts'
import { BootReader, type BootInFile } from './boot-reader.ts'
import { BootStart, type Glimpse } from './boot-start.ts'
import { KeptDump } from './kept-dump.ts'
import { PrefixReader } from './prefix.ts'
import { RecentBytes } from './recent-bytes.ts'
import { LateBoot } from './late-boot.ts'
import { AgainOrNot, SaidBefore } from './said-before.ts'
import { SeenLines, type SeenLine } from './seen-lines.ts'

/** What one log shows. */
export interface LogShown {
  /** Lines of the file. */
  lines: number
  /** Its boots in order; of very many, the first and the last. */
  boots: BootInFile[]
  /** How many there are in all. */
  bootCount: number
}

/** How many boots are kept of a log that keeps resetting, which has thousands of them: so many from its start, and so many before the last one. */
export const keptBoots = { first: 4, last: 12 }
/** Seconds by which a kernel's clock goes back only if its log does not go on, as in domain/taint/taint-reader.ts. */
const backward = 1
const printsLog = /\b(?:dmesg|journalctl|kern\.log|kmsg)\b/
/** Lines that wait at most until it is known what they are. */
const mostHeld = 5_000
/** Bytes that are looked at before the first line is read, to learn what stands before the lines. */
export const headBytes = 64 * 1024

/** Lines of which it is not known yet whether they are another boot's. */
interface Held {
  /** Whether the first of them is one with which a boot begins. */
  begins: boolean
  /** Follows the boot that they may be. */
  start: BootStart
  isAgain: AgainOrNot
  lines: { line: ConsoleLine; glimpse: Glimpse }[]
}

/** A boot that another one followed. */
interface EndedBoot {
  shown(): BootInFile
  /** Offset in the file of the first byte that is needed for that. */
  unreadFrom?: number
}

/** Reads a log of any size, chunk by chunk, in constant memory. */
export class LogReader {
  readonly #name: string
  readonly #reader = new LineReader()
  readonly #prefix: PrefixReader
  readonly #seen: SeenLines
  readonly #boots: EndedBoot[] = []
  #boot: BootReader | LateBoot
  /** What may have to be read again; kept once there are so many boots that most of them will be forgotten. */
  #recent: RecentBytes | undefined
  #start = new BootStart()
  #said = new SaidBefore()
  #latest = 0
  /** Whether the kernel's log so far is being printed again, and how far that came, in seconds. */
  #again: number | undefined
  readonly #dump = new KeptDump()
  #held: Held | undefined
  /** Whether the last line without a stamp is a command that prints the kernel's log. */
  #asked = false
  #bootCount = 1
  #lines = 0
  /** Bytes that came so far, and the offset of the last line of them that was looked at. */
  #bytes = 0
  #at = 0

  /**
   * @param name the file, as evidence names it
   * @param head its first bytes, up to `headBytes`; they come again in the first chunks
   */
  constructor(name: string, head: Uint8Array) {
    this.#name = name
    this.#boot = new BootReader(name)
    const reader = new LineReader()
    this.#prefix = new PrefixReader(reader.push(head).map(({ text }) => text))
    this.#seen = new SeenLines(this.#prefix)
  }

  /** Takes the next bytes of the file. */
  push(chunk: Uint8Array): void {
    if (this.#bootCount >= keptBoots.first) (this.#recent ??= new RecentBytes(this.#bytes)).push(chunk)
    this.#bytes += chunk.length
    this.#read(this.#reader.push(chunk))
    this.#recent?.forget(this.#neededFrom())
  }

  /** The file is at its end. */
  end(): LogShown {
    this.#read(this.#reader.end())
    this.#seen.end(this.#line)
    if (this.#held) this.#settle(this.#held, this.#held.isAgain.end())
    const boots = this.#boots.map((boot) => boot.shown())
    return { lines: this.#lines, boots: [...boots, this.#boot.end(this.#bytes)], bootCount: this.#bootCount }
  }

  #read(lines: readonly ConsoleLine[]): void {
    for (const raw of lines) {
      this.#lines = raw.number
      this.#seen.take(raw, this.#line)
    }
  }

  readonly #line = ({ line, glimpse }: SeenLine): void => {
    this.#at = line.offset
    if (this.#dump.holds(glimpse)) return
    const held = this.#held
    if (held && !held.start.begins(glimpse)) return this.#hold(held, line, glimpse)
    if (held) this.#settle(held, held.isAgain.end())
    this.#place(line, glimpse)
  }

  #place(line: ConsoleLine, glimpse: Glimpse): void {
    const { at } = glimpse
    const begins = this.#start.begins(glimpse)
    if (at === undefined || (!begins && at >= (this.#again ?? this.#latest) - backward)) {
      if (begins) this.#nextBoot(line.offset)
      this.#take(line, glimpse)
    } else {
      this.#held = { begins, start: new BootStart(), isAgain: new AgainOrNot(this.#said, at, this.#asked), lines: [] }
      this.#hold(this.#held, line, glimpse)
    }
  }

  /** A kernel's clock goes back: another boot, a log that is printed again, or damage. Until that is known, lines wait. */
  #hold(held: Held, line: ConsoleLine, glimpse: Glimpse): void {
    held.lines.push({ line, glimpse })
    held.start.line(glimpse)
    const answer = glimpse.at === undefined ? undefined : held.isAgain.line(line.text, glimpse.at)
    if (answer !== undefined) this.#settle(held, answer)
    else if (held.lines.length >= mostHeld) this.#settle(held, held.isAgain.end())
  }

  #settle({ begins, lines }: Held, isAgain: boolean): void {
    this.#held = undefined
    this.#again = isAgain ? 0 : undefined
    if (begins && !isAgain) this.#nextBoot(lines[0]!.line.offset)
    for (const { line, glimpse } of lines) this.#take(line, glimpse)
  }

  #take(line: ConsoleLine, glimpse: Glimpse): void {
    const { at } = glimpse
    if (at !== undefined && this.#again !== undefined && at <= this.#latest) {
      this.#again = at
      this.#boot.again(line, glimpse, this.#said.has(line.text, at))
      return
    }
    if (at === undefined && line.text !== '') this.#asked = printsLog.test(line.text) && isShellPrompt(line.text)
    if (at !== undefined) {
      this.#again = undefined
      this.#latest = at
      this.#said.add(line.text, at)
    }
    this.#start.line(glimpse)
    this.#boot.line(line, glimpse)
  }

  /** A boot begins with the line at an offset. */
  #nextBoot(offset: number): void {
    this.#start = new BootStart()
    this.#said = new SaidBefore()
    this.#latest = 0
    this.#again = undefined
    this.#boots.push(ended(this.#boot, offset))
    if (this.#boots.length > keptBoots.first + keptBoots.last) this.#boots.splice(keptBoots.first, 1)
    this.#boot = this.#recent?.has(offset)
      ? new LateBoot(this.#name, this.#recent, this.#prefix)
      : new BootReader(this.#name)
    this.#bootCount++
  }

  /** Offset of the first byte that may have to be read again. */
  #neededFrom(): number {
    const boots = [...this.#boots, this.#boot].map(({ unreadFrom }) => unreadFrom ?? this.#at)
    return Math.min(...boots, this.#held?.lines[0]?.line.offset ?? this.#at)
  }
}

function ended(boot: BootReader | LateBoot, to: number): EndedBoot {
  if (boot.unreadFrom !== undefined) return { unreadFrom: boot.unreadFrom, shown: () => boot.end(to) }
  const shown = boot.end(to)
  return { shown: () => shown }
}
