import type { Evidence } from './evidence/evidence.ts'

export const outcomes = ['pass', 'fail', 'skip', 'unknown'] as const
/** What a check came to: `skip` means that it does not apply to this cell, `unknown` that nothing shows it either way. */
export type Outcome = (typeof outcomes)[number]

/** A value that an expectation may compare, e.g. `errno: -22` or `mode: "Protected hVHE"`. */
export type FactValue = string | number | boolean

/** One named check with its outcome and what it rests on. */
export interface Finding {
  /** Stable id, `<group>.<name>`, e.g. `ffa.usable`. */
  id: string
  outcome: Outcome
  /** One sentence for a person. */
  sentence: string
  evidence: Evidence[]
  facts: Record<string, FactValue>
  /** The id of the finding that this one is a consequence of: fix that one first. Absent for a cause, and where none is shown. */
  because?: string
}
