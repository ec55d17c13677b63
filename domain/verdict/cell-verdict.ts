import type { AttemptPolicy, Expectation } from '../cell.ts'
import { inWords, rateOf } from '../flake/rate.ts'
import { steadinessOf, usualTest } from '../flake/steady.ts'
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
  const counted = judged(attempts, expectations)
  const kinds = new Set(counted.map(({ verdict }) => verdict))
  if (kinds.size > 1) return because('flaky', counted, `The attempts disagree: ${tally(counted)}.`)
  const first = counted[0]
  const settled = policy.until === 'confident' && steadinessOf(asExpected(counted)) !== undefined
  const enough = settled || counted.length >= policy.count
  if (!first || (!enough && first.verdict !== 'fail')) return tooFew(attempts, counted, policy)
  return because(first.verdict, counted, `${first.sentence}${allSay(counted.length, settled)}`)
}

/**
 * Takes the attempts of a cell that is tried until one is confident; returns whether no more of them are needed.
 * @param policy how often the plan asked to try
 */
export function isSettled(
  attempts: readonly JudgedAttempt[],
  expectations: readonly Expectation[],
  { until, count }: AttemptPolicy,
): boolean {
  const counted = judged(attempts, expectations)
  return counted.length >= count || (until === 'confident' && steadinessOf(asExpected(counted)) !== undefined)
}

/** The attempts that count, in their order. */
function judged(attempts: readonly JudgedAttempt[], expectations: readonly Expectation[]): Numbered[] {
  return attempts
    .filter(({ ending }) => counts(ending))
    .toSorted((a, b) => a.number - b.number)
    .map((attempt) => ({ number: attempt.number, ...verdictOfAttempt(attempt, expectations) }))
}

function asExpected(counted: readonly Numbered[]): boolean[] {
  return counted.map(({ verdict }) => verdict === 'pass' || verdict === 'known-fail')
}

function allSay(attempts: number, settled: boolean): string {
  if (attempts === 1) return ''
  const { unsteady, miss } = usualTest
  const sure = `; one in ${1 / unsteady} that says otherwise would have shown, with ${(1 - miss) * 100} % certainty`
  return ` (so all ${attempts} attempts say${settled ? sure : ''})`
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

/** So many attempts are told one by one. */
const mostTold = 6

function tally(counted: Numbered[]): string {
  if (counted.length <= mostTold) return counted.map(({ number, verdict }) => `attempt ${number} ${verdict}`).join(', ')
  const kinds = [...Map.groupBy(counted, ({ verdict }) => verdict)].toSorted(([, a], [, b]) => b.length - a.length)
  return kinds
    .map(([verdict, those], index) => {
      const which =
        index === 0 || those.length > mostTold ? '' : ` (attempts ${those.map(({ number }) => number).join(', ')})`
      return `${inWords(rateOf(those.length, counted.length))} ${verdict}${which}`
    })
    .join(', ')
}
