import type { ConsoleLine } from '../console/line.ts'
import type { SignatureMatch } from '../signatures/match.ts'
import { initcallLines, KeptLines } from './kept-lines.ts'

const initcall = /^(?:calling {2}|initcall |probe of |entering initcall level: )/
/** Lines behind a fault's first one that may belong to its report (domain/faults/report-range.ts). */
export const reportLines = 400

/** Keeps of a console what judging it asks for, line by line: what the catalogue knows, initcalls, and what stands around faults. */
export class LinesThatMatter {
  readonly #kept = new KeptLines()
  #before: ConsoleLine | undefined
  #report: number

  /**
   * @param before the line before the first one that comes
   * @param report how many of the lines that come may belong to the report of a fault before them
   */
  constructor(before?: ConsoleLine, report = 0) {
    this.#before = before
    this.#report = report
  }

  /** Whether the next line may belong to the report of a fault. */
  get inReport(): boolean {
    return this.#report > 0
  }

  /**
   * Takes the next line, with what the catalogue knows of it.
   * @param message the line without its printk prefix
   * @param kind what else the line is to the caller, who wants it kept for that
   * @returns whether it is kept for what it is
   */
  line(line: ConsoleLine, match: SignatureMatch | undefined, message: string, kind?: string): boolean {
    const isKept = this.#keep(line, match, message, kind)
    if (this.#report > 0) this.#report--
    this.#before = line
    return isKept
  }

  /** All kept lines in their order. */
  end(): ConsoleLine[] {
    return this.#kept.end()
  }

  #keep(line: ConsoleLine, match: SignatureMatch | undefined, message: string, kind: string | undefined): boolean {
    if (match) {
      const { id, fault } = match.signature
      // The rule above a sanitizer's report, and what an assertion of EDK2 says first.
      if (fault && this.#report === 0 && this.#before) this.#kept.near(this.#before)
      const isFirst = this.#kept.keep(id, line)
      if (fault && isFirst) this.#report = reportLines
      return isFirst
    }
    if (kind !== undefined) return this.#kept.keep(kind, line)
    if (initcall.test(message)) return this.#kept.keep(initcallLines, line)
    if (this.#report > 0) this.#kept.near(line)
    return false
  }
}
