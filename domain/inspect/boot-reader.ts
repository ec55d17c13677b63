import { Doubles } from '../console/doubles.ts'
import { kernelMessage } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import { withKnown, type KnownLog } from '../shown/known-lines.ts'
import { LinesThatMatter } from '../shown/lines-that-matter.ts'
import { TaintReader } from '../taint/taint-reader.ts'
import type { Taint } from '../taint.ts'
import type { Glimpse } from './boot-start.ts'
import { CommandLine } from './command-line.ts'
import { isLoneBug, withoutLoneBugs } from './lone-bug.ts'
import { isKernel, StageSeen, type SeenStage } from './stage-seen.ts'
import { StampHabit } from './stamp-habit.ts'

/** What one boot said in one file. */
export interface BootInFile {
  /** The lines that matter, with their numbers in the file; lines between them are left out. */
  log: KnownLog
  /** First and last line of the boot in the file. */
  from: number
  to: number
  /** Release of the kernel, as `uname -r` prints it; absent where no banner shows. */
  kernel?: string
  /** The kernel's banner, whole: two boots of one file set have the same one if they are the same boot. */
  banner?: string
  cmdline?: string
  /** Whether the log may lack a part of the command line. */
  cmdlineIsCut?: boolean
  stage: SeenStage
  stageLine?: ConsoleLine
  taints: Taint[]
  /** Whether anything in it was said by a kernel, a firmware or a boot loader, as far as is known. */
  known: boolean
}

const edge = 6

/** Reads one boot of one file, line by line, in constant memory. */
export class BootReader {
  /** Nothing waits to be read, as it may in a LateBoot. */
  readonly unreadFrom = undefined
  readonly #console: string
  readonly #kept = new LinesThatMatter()
  readonly #taints: TaintReader
  readonly #stage = new StageSeen()
  readonly #stamps = new StampHabit()
  readonly #cmdline = new CommandLine()
  readonly #doubles = new Doubles()
  readonly #tail: ConsoleLine[] = []
  #from = 0
  #to = 0
  #count = 0
  #hasLoneBugs = false
  #repeated: { line: ConsoleLine; count: number } | undefined
  #kernel: string | undefined
  #banner: string | undefined

  constructor(console: string) {
    this.#console = console
    this.#taints = new TaintReader(console, true)
  }

  /** Takes the next line, as the target said it. */
  line(line: ConsoleLine, glimpse: Glimpse): void {
    if (this.#count++ === 0) this.#from = line.number
    this.#to = line.number
    const isQuoted = glimpse.match !== undefined && this.#stamps.isQuoted(line, glimpse)
    this.#stamps.line(line, glimpse)
    this.#taints.line(line, isQuoted ? undefined : glimpse.match)
    if (isQuoted || this.#doubles.isAgain(line, glimpse.at, glimpse.match?.signature.fault !== undefined)) return
    this.#take(line, glimpse)
    this.#tail[this.#count % edge] = line
  }

  /**
   * Takes a line of the kernel's log that is printed again, as dmesg prints it; `known` says that the log has it already.
   * What the console did not show the first time counts like any other line, but its clock and its place show no damage.
   */
  again(line: ConsoleLine, glimpse: Glimpse, known: boolean): void {
    this.#to = line.number
    this.#repeated ??= { line, count: 0 }
    this.#repeated.count++
    if (!known) this.#take(line, glimpse)
  }

  end(): BootInFile {
    const { stage, line } = this.#stage.reached
    const all = this.#kept.end()
    const last = all.at(-1)?.offset ?? -1
    const kept = this.#hasLoneBugs && !isKernel(stage) ? withoutLoneBugs(all) : all
    // The end of a log tells how it ended, whatever the lines say.
    const tail = this.#tail.filter(({ offset }) => offset > last).sort((a, b) => a.offset - b.offset)
    const cmdline = this.#cmdline.text
    return {
      log: withKnown({ console: this.#console, lines: [...kept, ...tail] }),
      from: this.#from,
      to: this.#to,
      ...(this.#kernel !== undefined && { kernel: this.#kernel }),
      ...(this.#banner !== undefined && { banner: this.#banner }),
      ...(cmdline !== undefined && { cmdline }),
      ...(cmdline !== undefined && !this.#cmdline.isWhole && { cmdlineIsCut: true }),
      stage,
      ...(line && { stageLine: line }),
      // Where a boot begins is the splitter's to say.
      taints: [...this.#taints.end().filter(({ kind }) => kind !== 'second-boot'), ...this.#printedAgain()],
      known: stage !== 'unknown' || kept.length > 0,
    }
  }

  #take(line: ConsoleLine, glimpse: Glimpse): void {
    const isLone = isLoneBug(glimpse)
    this.#hasLoneBugs ||= isLone
    this.#stage.line(line, isLone ? { ...glimpse, match: undefined } : glimpse)
    this.#keep(line, glimpse)
  }

  #printedAgain(): Taint[] {
    if (!this.#repeated) return []
    const { line, count } = this.#repeated
    const { number, text } = line
    const sentence = `From line ${number} of ${this.#console} on the kernel's log is printed again, as dmesg prints it: it is one boot.`
    const evidence = [{ kind: 'console' as const, console: this.#console, from: number, to: number, text }]
    return [{ kind: 'repeated', voids: false, sentence, count, evidence }]
  }

  #keep(line: ConsoleLine, glimpse: Glimpse): void {
    const { match } = glimpse
    const message = match?.message ?? kernelMessage(line.text).message
    const isCmdline = this.#cmdline.line(line, message, glimpse)
    this.#kept.line(line, match, isCmdline ? 'cmdline' : undefined)
    if (match?.signature.id === 'linux.banner') {
      this.#kernel ??= match.groups['release']
      this.#banner ??= message
    }
    this.#kernel ??= this.#kept.inReport ? releaseIn(message) : undefined
  }
}

/** Every report names the kernel: lib/dump_stack.c dump_stack_print_info(), `... Not tainted 6.18.5 #1 PREEMPT`; 7.x has the preemption model first. */
function releaseIn(message: string): string | undefined {
  return /^(?:CPU: .*\b| +)(?:Not tainted|Tainted: [^\d#]*) (?<release>\d+\.\d+\S*) #/.exec(message)?.groups?.[
    'release'
  ]
}
