import { logGamma } from './beta.ts'

/** Attempts of one kind: how many of how many failed. */
export interface Counts {
  failed: number
  of: number
}

/** The probability, at most, that a rate which stayed as it was is called changed, however often one looks. */
export const usualFalseAlarm = 0.01

/**
 * Whether a failure rate is another one since some moment: the ratio of how probable the attempts since then are with a rate
 * of their own to how probable they are with the rate of those before (Jeffreys' prior for each, so Beta-binomial
 * predictions; a ratio of two predictions passes 1/a with probability a at most, whenever one looks: Ville's inequality).
 * Unlike a look at Fisher's test after each night it may be asked after every attempt.
 * @param before what came before the moment; no attempts are no reference, and nothing has changed then
 * @param since in order: whether each attempt since then failed
 * @returns after how many attempts it was sure, and which way the rate went; undefined when it never was
 */
export function changeOf(
  before: Counts,
  since: readonly boolean[],
  falseAlarm = usualFalseAlarm,
): { after: number; to: 'more' | 'less' } | undefined {
  if (before.of === 0) return undefined
  let failed = 0
  for (const [index, fails] of since.entries()) {
    if (fails) failed++
    const of = index + 1
    if (logRatio(before, { failed, of }) < -Math.log(falseAlarm)) continue
    return { after: of, to: failed / of > before.failed / before.of ? 'more' : 'less' }
  }
  return undefined
}

/**
 * How much more probable two series are with a rate for each than with one for both (Jeffreys' prior for each of the
 * three), as a logarithm.
 */
export function logRatio(before: Counts, since: Counts): number {
  const both = { failed: before.failed + since.failed, of: before.of + since.of }
  return logProbability(since) - (logProbability(both) - logProbability(before))
}

/** Of one certain series with these counts, its rate being anything (Jeffreys' prior). */
function logProbability({ failed, of }: Counts): number {
  return logBeta(failed + 0.5, of - failed + 0.5) - logBeta(0.5, 0.5)
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}
