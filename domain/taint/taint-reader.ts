import { stampOf } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import type { ConsoleEvidence } from '../evidence/evidence.ts'
import type { SignatureMatch } from '../signatures/match.ts'
import { StageFollower } from '../stage/stage-follower.ts'
import { lineDamage } from './line-damage.ts'
import { quotedPlaces, taintKinds, type Taint, type TaintKind } from '../taint.ts'

/** Seconds: CPUs store their lines in an order that is off by microseconds, never by this. */
const backward = 1
/** Lines that each boot says twice: those of the change from the early console to the real one (kernel/printk/printk.c register_console()). */
const handover = 2

interface Found {
  voids: boolean
  sentence: string
  evidence: ConsoleEvidence[]
  count: number
}

/** Reads one console for damage, line by line, in memory that does not grow with the log. */
export class TaintReader {
  readonly #console: string
  readonly #isCut: boolean
  readonly #follower = new StageFollower()
  readonly #found = new Map<string, Found & { kind: TaintKind }>()
  #boot = 1
  #kernelSpoke = false
  /** Whether firmware was told at its shell to start again, and has not yet: a boot option that was set there counts from then on. */
  #toldToReset = false
  #last: { line: ConsoleLine; at: number } | undefined

  /** @param isCut whether lines come cut where another voice begins in them */
  constructor(console: string, isCut = false) {
    this.#console = console
    this.#isCut = isCut
  }

  /** Takes the next line, and what the catalogue knows of it. */
  line(line: ConsoleLine, match: SignatureMatch | undefined): void {
    if (match) this.#known(line, match)
    const { after } = line
    const damage =
      after === undefined ? lineDamage(line, this.#isCut) : lineDamage({ ...line, text: after + line.text })
    if (damage) this.#add(damage.kind, true, `${this.#place(line)} ${damage.says}.`, [line])
    if (line.escapes && this.#kernelSpoke)
      this.#add(
        'escapes',
        false,
        `${this.#place(line)} holds ${line.escapes} escape sequences that do more than colour.`,
        [line],
      )
    this.#clock(line)
  }

  /** The damage found, one for each kind of which `repeated` needs several, worst first. */
  end(): Taint[] {
    return [...this.#found.values()]
      .filter(({ kind, count }) => kind !== 'repeated' || count > handover * this.#boot)
      .toSorted((a, b) => taintKinds.indexOf(a.kind) - taintKinds.indexOf(b.kind))
      .map(({ kind, voids, sentence, evidence, count }) => ({
        kind,
        voids,
        sentence: more(sentence, count),
        evidence,
        count,
      }))
  }

  #known(line: ConsoleLine, match: SignatureMatch): void {
    const reached = this.#follower.line(this.#console, line, match)
    const { id, taint } = match.signature
    if (id === 'edk2.reset') this.#toldToReset = true
    if (reached && reached.boot > this.#boot) {
      this.#boot = reached.boot
      this.#last = undefined
      if (!this.#toldToReset) this.#add('second-boot', true, this.#startedAgain(line), [line])
      this.#toldToReset = false
    }
    if (!taint) return
    const voids = taint === 'lost' || id === 'damage.server-lost'
    this.#add(taint, voids, `${this.#place(line)} says: ${match.message.slice(0, 120)}.`, [line])
  }

  #startedAgain({ number }: ConsoleLine): string {
    return `The target started again in line ${number} of ${this.#console}: there are two boots in one log.`
  }

  #clock(line: ConsoleLine): void {
    if (line.text.charCodeAt(0) !== 0x5b && line.text.charCodeAt(0) !== 0x3c) return
    const at = stampOf(line.text)
    if (at === undefined) return
    this.#kernelSpoke = true
    const last = this.#last
    this.#last = { line, at }
    if (!last) return
    if (at < last.at - backward)
      this.#add(
        'time-back',
        true,
        `The kernel's clock goes back from ${last.at} s to ${at} s in line ${line.number} of ${this.#console}.`,
        [last.line, line],
      )
    else if (at > 0 && line.text === last.line.text)
      this.#add('repeated', false, `${this.#place(line)} says again what the line before said, with the same time.`, [
        line,
      ])
  }

  #place(line: ConsoleLine): string {
    return `Line ${line.number} of ${this.#console}`
  }

  #add(kind: TaintKind, voids: boolean, sentence: string, lines: ConsoleLine[]): void {
    const key = `${kind} ${voids}`
    const known = this.#found.get(key)
    const evidence = lines.map((line) => this.#cite(line))
    if (!known) this.#found.set(key, { kind, voids, sentence, evidence, count: 1 })
    else if (++known.count <= quotedPlaces) known.evidence.push(...evidence)
  }

  #cite({ number, text }: ConsoleLine): ConsoleEvidence {
    return { kind: 'console', console: this.#console, from: number, to: number, text }
  }
}

function more(sentence: string, count: number): string {
  return count === 1 ? sentence : `${sentence.slice(0, -1)}, and ${count - 1} more like it.`
}
