import { bootFinding } from '../domain/flake/sample.ts'
import { candidateCount, candidateId } from '../domain/search/candidates.ts'
import type { Search } from '../domain/search/search.ts'
import type { Tried, TriedAttempt } from '../domain/search/tried.ts'
import { counts } from '../domain/verdict/counts.ts'
import type { Attempt } from '../store/attempt.ts'
import type { CellDetail } from '../store/details.ts'

/** A candidate that was tried, and the cell that it is in the run. */
export type TriedCell = Tried & { cell: CellDetail }

/** What a search has seen, in the order in which its candidates were first tried: its cells and their attempts. */
export function triedOf(search: Search, cells: readonly CellDetail[]): TriedCell[] {
  const numbers = new Map(
    Array.from({ length: candidateCount(search) }, (_, number) => [candidateId(search, number), number]),
  )
  return cells.flatMap((cell) => {
    const candidate = numbers.get(cell.cell.id)
    if (candidate === undefined) return []
    const attempts = cell.attempts.flatMap((attempt) => triedAttempt(attempt, search.finding))
    // Only what could not be built has a verdict without an attempt.
    const unbuilt =
      cell.verdict && cell.attempts.length === 0
        ? { message: cell.verdict.sentence, infra: cell.verdict.verdict === 'infra' }
        : undefined
    return [{ candidate, cell, attempts, ...(unbuilt && { unbuilt }) }]
  })
}

/** An attempt that has ended, as a search sees it. */
function triedAttempt({ id, end }: Attempt, finding: string): TriedAttempt[] {
  if (end === null) return []
  const { ending, sentence, findings } = end
  const fails = counts(ending) ? failsIn(ending, findings, finding) : undefined
  return [{ id, ending, sentence, ...(fails !== undefined && { fails }) }]
}

/** Whether a finding failed in an attempt; undefined where it neither passed nor failed. */
export function failsIn(
  ending: TriedAttempt['ending'],
  findings: NonNullable<Attempt['end']>['findings'],
  finding: string,
): boolean | undefined {
  if (finding === bootFinding) return ending !== 'finished'
  const outcome = findings.find(({ id }) => id === finding)?.outcome
  return outcome === 'fail' ? true : outcome === 'pass' ? false : undefined
}
