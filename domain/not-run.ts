import type { Verdict } from './verdict/verdict.ts'

/** What is said of cells that had not ended when the window of their night closed. */
export const windowClosed = 'the window closed'

/** Why a cell of a run was not run. It never means that the cell is as expected. */
export interface NotRun {
  /** `budget`: its target's class had no time left in that night; `unchanged`: all was as in an earlier night. */
  why: 'budget' | 'unchanged'
  /** In words, without a full stop: `nothing moved since the night of 2026-11-30 (run 12)`. */
  sentence: string
  /** `unchanged`: what it came to when it was last run as it is, which stands. */
  stands?: { result: string; verdict: Verdict }
}
