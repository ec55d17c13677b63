import { kernelMessage, messageStart } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import type { SignatureMatch } from '../signatures/match.ts'
import { initcallLines, KeptLines } from './kept-lines.ts'

const initcall = /^(?:calling {2}|initcall |probe of |entering initcall level: )/
/** How those begin. */
const firstLetters = new Set(Array.from('cipe', (letter) => letter.charCodeAt(0)))
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
   * @param kind what else the line is to the caller, who wants it kept for that
   */
  line(line: ConsoleLine, match: SignatureMatch | undefined, kind?: string): void {
    this.#keep(line, match, kind)
    if (this.#report > 0) this.#report--
    this.#before = line
  }

  /** All kept lines in their order. */
  end(): ConsoleLine[] {
    return this.#kept.end()
  }

  #keep(line: ConsoleLine, match: SignatureMatch | undefined, kind: string | undefined): void {
    if (match) {
      const { id, fault } = match.signature
      // The rule above a sanitizer's report, and what an assertion of EDK2 says first.
      if (fault && this.#report === 0 && this.#before && this.#kept.hasRoom(id)) this.#kept.near(this.#before)
      if (this.#kept.keep(id, line) && fault) this.#report = reportLines
    } else if (kind !== undefined) this.#kept.keep(kind, line)
    else if (isInitcall(line.text)) this.#kept.keep(initcallLines, line)
    else if (this.#report > 0) this.#kept.near(line)
  }
}

function isInitcall(text: string): boolean {
  return firstLetters.has(text.charCodeAt(messageStart(text))) && initcall.test(kernelMessage(text).message)
}
