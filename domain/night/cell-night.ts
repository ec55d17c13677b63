import type { FactValue } from '../finding.ts'
import type { Counts } from '../flake/changed.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { conclusionOfVerdict, type Conclusion } from './conclusion.ts'

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
  /** What was found; of one that was not run, why it was not. */
  sentence: string
  /** That it was not run because nothing moved: what was said of it before stands. */
  unchanged?: true
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

/** @returns what a cell's night says of the cell */
export function conclusionOf({ verdict }: CellNight): Conclusion {
  return verdict === null ? 'none' : conclusionOfVerdict(verdict)
}

/** What makes two failures the same one, whatever the numbers in their sentences: the finding and what names its kind. */
export function signatureOf({ id, facts }: FailingFinding): string {
  const naming = ['kind', 'title', 'errno', 'status'].flatMap((fact) => (fact in facts ? [String(facts[fact])] : []))
  return [id, ...naming].join(' · ')
}
