import type { ShownConsole } from '../attempt.ts'
import { Doubles } from '../console/doubles.ts'
import { stampOf } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import { SaidLineReader } from '../console/said-line-reader.ts'
import { matchSignatures, type SignatureMatch } from '../signatures/match.ts'
import type { StageFollower } from '../stage/stage-follower.ts'
import { TaintReader } from '../taint/taint-reader.ts'
import type { SaidLines } from './said-lines.ts'
import { knownLines, type KnownLine } from './known-lines.ts'
import { LinesThatMatter, reportLines } from './lines-that-matter.ts'

/**
 * Characters of a console from its start of which every line is kept: some boots with `initcall_debug`. Of what comes
 * behind them only the lines that judging asks for are kept.
 */
export const wholeText = 1536 * 1024
/** What a line takes beside its text, so that a console of empty lines comes to an end, too. */
const ofLine = 32
/** Lines from the end that are kept: how a console ended is worth telling. */
const lastLines = 16

/**
 * Reads a console of an attempt, chunk by chunk, in memory that does not grow with it: each byte is decoded once, and each
 * line is held against the catalogue once.
 */
export class ConsoleReader {
  readonly #console: string
  readonly #follower: StageFollower
  readonly #said: SaidLines | undefined
  readonly #reader = new SaidLineReader()
  readonly #taints: TaintReader
  readonly #doubles = new Doubles()
  readonly #whole: ConsoleLine[] = []
  readonly #known: KnownLine[] = []
  #room = wholeText
  #sinceFault = reportLines
  #behind: LinesThatMatter | undefined
  readonly #last: ConsoleLine[] = []
  #count = 0
  readonly #faultsBehind = { kernel: 0, firmware: 0 }

  /**
   * @param follower goes on through the stages from where the consoles before this one left it
   * @param said where the kernel's own log is read in place of what this console brought of it
   */
  constructor(console: string, follower: StageFollower, said?: SaidLines) {
    this.#console = console
    this.#follower = follower
    this.#said = said
    this.#taints = new TaintReader(console, true)
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk, this.#line)
  }

  /** The console has said all. */
  end(): ShownConsole {
    this.#reader.end(this.#line)
    const taints = this.#taints.end()
    if (!this.#behind) return { console: this.#console, lines: this.#whole, known: this.#known, taints }
    const kept = this.#behind.end()
    const end = kept.at(-1)?.offset ?? -1
    const last = this.#last.filter(({ offset }) => offset > end).toSorted((a, b) => a.offset - b.offset)
    const behind = [...kept, ...last]
    const known = knownLines(behind, this.#whole.length)
    const unkept = { ...this.#faultsBehind }
    for (const { match } of known) if (match.signature.fault) unkept[whereOf(match)]--
    return {
      console: this.#console,
      lines: [...this.#whole, ...behind],
      known: [...this.#known, ...known],
      taints,
      unkept,
    }
  }

  readonly #line = (line: ConsoleLine): void => {
    const count = this.#count++
    if (this.#said?.leavesOut(count, line)) return
    const match = matchSignatures(line)
    this.#taints.line(line, match)
    if (this.#doubles.isAgain(line, match ? match.at : stampOf(line.text), match?.signature.fault !== undefined)) return
    if (match?.signature.stage) this.#follower.line(this.#console, line, match)
    if (this.#room > 0) {
      this.#room -= line.text.length + ofLine
      if (match) this.#known.push({ index: this.#whole.length, match })
      this.#whole.push(line)
      this.#sinceFault = match?.signature.fault ? 0 : this.#sinceFault + 1
      return
    }
    this.#behind ??= new LinesThatMatter(this.#whole.at(-1), Math.max(0, reportLines - this.#sinceFault))
    this.#behind.line(line, match)
    if (match?.signature.fault) this.#faultsBehind[whereOf(match)]++
    this.#last[count % lastLines] = line
  }
}

function whereOf({ signature }: SignatureMatch): 'kernel' | 'firmware' {
  return signature.id.startsWith('fault.') ? 'kernel' : 'firmware'
}
