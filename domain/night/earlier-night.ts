import type { Verdict } from '../verdict/verdict.ts'
import { conclusionOfVerdict, type Conclusion } from './conclusion.ts'

/** What a cell came to in an earlier night, as far as it says what to do with the cell tonight. */
export interface EarlierNight {
  /** e.g. `12.3`. */
  result: string
  /** Null when the cell was not run. */
  verdict: Verdict | null
  /** Attempts that counted, and how long all of its attempts took together, seconds. */
  attempts: { counted: number; made: number; seconds: number }
  /** What it was made of. */
  inputs: Record<string, unknown>
}

/** @returns what that night says of the cell */
export function saidBy({ verdict }: EarlierNight): Conclusion {
  return verdict === null ? 'none' : conclusionOfVerdict(verdict)
}

/** The last of some nights, oldest first, that said something. */
export function lastConclusive(past: readonly EarlierNight[]): EarlierNight | undefined {
  return past.findLast((night) => saidBy(night) !== 'none')
}
