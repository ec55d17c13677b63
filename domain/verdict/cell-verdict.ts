import type { AttemptPolicy, Expectation } from '../cell.ts'
import { counts, verdictOfAttempt, type AttemptVerdict } from './attempt-verdict.ts'
import type { CellVerdict, JudgedAttempt, Verdict } from './verdict.ts'

/**
 * Takes all attempts of a cell, in any order, what the plan expects, and how often it asked to try; returns what the
 * cell means. Attempts that ended in infra, tainted or cancelled are kept but do not count. Where those that count
 * disagree the cell is flaky: a pass on the second attempt is no pass.
 */
export function verdictOf(
  attempts: readonly JudgedAttempt[],
  expectations: readonly Expectation[],
  policy: AttemptPolicy,
): CellVerdict {
  const counted = attempts
    .filter(counts)
    .toSorted((a, b) => a.number - b.number)
    .map((attempt) => ({ number: attempt.number, ...verdictOfAttempt(attempt, expectations) }))
  const kinds = new Set(counted.map(({ verdict }) => verdict))
  if (kinds.size > 1) return because('flaky', counted, `The attempts disagree: ${tally(counted)}.`)
  const first = counted[0]
  if (!first || (counted.length < policy.count && first.verdict !== 'fail')) return tooFew(attempts, counted, policy)
  const each = counted.length > 1 ? ` (so all ${counted.length} attempts say)` : ''
  return because(first.verdict, counted, `${first.sentence}${each}`)
}

/** Fewer attempts count than the plan asked for. A fail stands all the same: what the kernel did is not undone by what the lab could not do. */
function tooFew(attempts: readonly JudgedAttempt[], counted: Numbered[], policy: AttemptPolicy): CellVerdict {
  const broken = attempts.filter(({ ending }) => ending === 'infra' || ending === 'tainted')
  const made = `${counted.length} of ${policy.count} attempts count`
  if (broken.length > policy.infra)
    return because('infra', counted, `The lab broke ${broken.length} times (${policy.infra} allowed): ${made}.`)
  const last = attempts.toSorted((a, b) => a.number - b.number).at(-1)
  // Another attempt was allowed and none was made: it would have found the same.
  if (last?.ending === 'infra') return because('infra', counted, `It could not be booted: ${last.sentence}`)
  const cancelled = attempts.some(({ ending }) => ending === 'cancelled') ? ' after a cancel' : ''
  return because('inconclusive', counted, `Only ${made}${cancelled}.`)
}

type Numbered = AttemptVerdict & { number: number }

function because(verdict: Verdict, counted: Numbered[], sentence: string): CellVerdict {
  const reasons = counted.flatMap(({ number, findings }) => findings.map((finding) => ({ attempt: number, finding })))
  return { verdict, sentence, because: reasons }
}

function tally(counted: Numbered[]): string {
  return counted.map(({ number, verdict }) => `attempt ${number} ${verdict}`).join(', ')
}
