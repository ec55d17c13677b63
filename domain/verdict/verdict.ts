import type { Ending } from '../attempt.ts'
import type { Finding } from '../finding.ts'

export const verdicts = ['pass', 'fail', 'known-fail', 'fixed', 'flaky', 'inconclusive', 'infra'] as const
/** What a cell means after its attempts. */
export type Verdict = (typeof verdicts)[number]

/** An attempt as the verdict sees it. */
export interface JudgedAttempt {
  number: number
  ending: Ending
  /** How it ended, in one sentence. */
  sentence: string
  findings: Finding[]
}

/** A verdict with one sentence that says why, and the findings (of which attempt) that it rests on. */
export interface CellVerdict {
  verdict: Verdict
  sentence: string
  because: { attempt: number; finding: string }[]
}
