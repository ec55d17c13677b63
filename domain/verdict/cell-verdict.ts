import type { AttemptPolicy, Expectation } from '../cell.ts'
import { verdictOfAttempt, type AttemptVerdict } from './attempt-verdict.ts'
import { counts } from './counts.ts'
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
    .filter(({ ending }) => counts(ending))
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
  const broken = attempts
    .filter(({ ending }) => ending === 'infra' || ending === 'tainted')
    .toSorted((a, b) => a.number - b.number)
  const made =
    policy.count === 1
      ? 'no attempt counts'
      : `${counted.length} of ${policy.count} attempts ${counted.length === 1 ? 'counts' : 'count'}`
  const last = broken.at(-1)
  if (last && broken.length > policy.infra) {
    const often = `The lab broke ${broken.length === 1 ? 'once' : `${broken.length} times`} (${policy.infra} allowed): ${made}`
    return because('infra', counted, `${often}; the last time: ${last.sentence}`)
  }
  if (attempts.some(({ ending }) => ending === 'cancelled'))
    return because('inconclusive', counted, `The cell was cancelled: ${made}.`)
  // Nobody stopped the cell: it gave up because another attempt would have found nothing changed.
  if (last) return because('infra', counted, `The lab cannot boot this: ${last.sentence}`)
  return because('inconclusive', counted, `Too few to tell: ${made}.`)
}

type Numbered = AttemptVerdict & { number: number }

function because(verdict: Verdict, counted: Numbered[], sentence: string): CellVerdict {
  const reasons = counted.flatMap(({ number, findings }) => findings.map((finding) => ({ attempt: number, finding })))
  return { verdict, sentence, because: reasons }
}

function tally(counted: Numbered[]): string {
  return counted.map(({ number, verdict }) => `attempt ${number} ${verdict}`).join(', ')
}
