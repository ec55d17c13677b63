import type { FactValue, Outcome } from '../finding.ts'
import type { ReportAttempt, ReportCell, ReportFinding } from '../report/report.ts'

/** What one finding came to in all attempts of one side that count. */
export interface Side {
  /** `mixed`: the attempts disagree. `absent`: none of them has the finding. */
  outcome: Outcome | 'mixed' | 'absent'
  /** How often it came to what. */
  counts: Partial<Record<Outcome, number>>
  /** Attempts that count. */
  of: number
  /** An attempt that shows the outcome; of a mixed one the first that fails. */
  shown?: { attempt: string; finding: ReportFinding }
}

/** The attempts of a cell that say anything of it: neither lost to the lab nor tainted nor cancelled. */
export function counting(cell: ReportCell | undefined): ReportAttempt[] {
  return (cell?.attempts ?? []).filter(({ says }) => says !== null)
}

/** What a finding came to on one side. @param attempts those that count */
export function sideOf(attempts: readonly ReportAttempt[], id: string): Side {
  const seen = attempts.flatMap((attempt) =>
    attempt.findings.flatMap((finding) => (finding.id === id ? [{ attempt: attempt.id, finding }] : [])),
  )
  const counts: Side['counts'] = {}
  for (const { finding } of seen) counts[finding.outcome] = (counts[finding.outcome] ?? 0) + 1
  const [first, ...others] = Object.keys(counts) as Outcome[]
  const mixed = others.length > 0 || (first !== undefined && seen.length < attempts.length)
  const shown = seen.find(({ finding }) => finding.outcome === 'fail') ?? seen[0]
  return {
    outcome: first === undefined ? 'absent' : mixed ? 'mixed' : first,
    counts,
    of: attempts.length,
    ...(shown && { shown }),
  }
}

/**
 * What a finding's facts say that is the same in each boot of one thing: words, whether something is so, and the codes that
 * are refusals' names. Counts and times differ from boot to boot.
 */
export function lastingFacts({ facts }: ReportFinding): Record<string, FactValue> {
  return Object.fromEntries(
    Object.entries(facts).filter(([name, value]) => typeof value !== 'number' || name === 'errno' || name === 'status'),
  )
}
