import type { FactValue } from '../finding.ts'
import type { Counts } from '../flake/changed.ts'
import type { Verdict } from '../verdict/verdict.ts'

/** What a cell came to in one night. */
export interface CellNight {
  /** The cell's id, which is the same every night. */
  cell: string
  /** What people call the result by, e.g. `12.3`. */
  result: string
  /** When the night was due, epoch ms. */
  at: number
  /** Null when the cell was not run. */
  verdict: Verdict | null
  sentence: string
  /** The attempts that count, and how many of them were not as the plan expects. */
  unexpected: Counts
  /** What the verdict rests on, causes only: of the first attempt that was not as expected. */
  failing: FailingFinding[]
  /** All that the cell was made of and ran on, as JSON has it. */
  inputs: Record<string, unknown>
}

export interface FailingFinding {
  id: string
  sentence: string
  facts: Record<string, FactValue>
}

/** What an outcome means for a night: `none` says nothing of the cell, `flaky` something of its own. */
export type Conclusion = 'good' | 'bad' | 'flaky' | 'none'

const conclusions: Record<Verdict, Conclusion> = {
  pass: 'good',
  'known-fail': 'good',
  fail: 'bad',
  // The plan expects a bug that has gone: somebody has to look, as with a failure.
  fixed: 'bad',
  flaky: 'flaky',
  inconclusive: 'none',
  infra: 'none',
}

/** @returns what a cell's night says of the cell */
export function conclusionOf({ verdict }: CellNight): Conclusion {
  return verdict === null ? 'none' : conclusions[verdict]
}

/** What makes two failures the same one, whatever the numbers in their sentences: the finding and what names its kind. */
export function signatureOf({ id, facts }: FailingFinding): string {
  const naming = ['kind', 'title', 'errno', 'status'].flatMap((fact) => (fact in facts ? [String(facts[fact])] : []))
  return [id, ...naming].join(' · ')
}
