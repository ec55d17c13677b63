import { logGamma } from '../flake/beta.ts'

/** What is known of which version brought a failure, when attempts may deceive. */

/** One attempt at a version, or that there can be none. Versions are numbered as they followed one another, from 0. */
export type Observation =
  /** Attempts that the lab broke are none. */
  { version: number; fails: boolean } | { version: number; skipped: true }

/** How often an attempt fails: of a version without the culprit, and of one with it. */
export interface Rates {
  good: number
  bad: number
}

/** What is believed of the rates before anything was seen: a good version rarely fails, a bad one mostly. Beta distributions. */
const prior = { good: { fails: 0.5, passes: 2 }, bad: { fails: 2, passes: 0.5 } }

interface Side {
  fails: number
  of: number
}

/**
 * The probability of each version to be the first bad one, every one as probable before. How often attempts deceive is not
 * known and is averaged over (Beta-binomial, a rate of its own for either side), so that no guess of it makes one too sure.
 * Version 0 is good.
 * @param last the number of the last version, which is bad
 * @returns from 0 to 1 for each version, 0 for the first; their sum is 1
 */
export function posteriorOf(observations: readonly Observation[], last: number): number[] {
  const weights = sidesOf(observations, last).map(
    ({ good, bad }) => logProbability(good, prior.good) + logProbability(bad, prior.bad),
  )
  const most = Math.max(...weights.slice(1))
  const unnormalised = weights.map((weight, culprit) => (culprit === 0 ? 0 : Math.exp(weight - most)))
  const sum = unnormalised.reduce((total, weight) => total + weight, 0)
  return unnormalised.map((weight) => weight / sum)
}

/** The rates that are to be expected, for each version that may be the culprit. */
export function ratesOf(observations: readonly Observation[], last: number): Rates[] {
  return sidesOf(observations, last).map(({ good, bad }) => ({
    good: meanOf(good, prior.good),
    bad: meanOf(bad, prior.bad),
  }))
}

/**
 * The rates of which only the ends of the range tell, where it is known on which side they are.
 * @returns also whether they differ by more than chance may make of it: by two standard deviations
 */
export function ratesAtEnds(observations: readonly Observation[], last: number): Rates & { differ: boolean } {
  const at = (version: number): Side => {
    const there = observations.flatMap((each) => ('fails' in each && each.version === version ? [each.fails] : []))
    return { fails: there.filter(Boolean).length, of: there.length }
  }
  const [first, end] = [at(0), at(last)]
  const [good, bad] = [meanOf(first, prior.good), meanOf(end, prior.bad)]
  const deviation = Math.sqrt(varianceOf(first, prior.good) + varianceOf(end, prior.bad))
  return { good, bad, differ: bad - good > 2 * deviation }
}

/** The attempts on either side, for each version that may be the first bad one. */
function sidesOf(observations: readonly Observation[], last: number): { good: Side; bad: Side }[] {
  const each = Array.from({ length: last + 1 }, () => ({ fails: 0, of: 0 }))
  for (const seen of observations) {
    if (!('fails' in seen)) continue
    each[seen.version]!.of++
    if (seen.fails) each[seen.version]!.fails++
  }
  const all = each.reduce((sum, one) => ({ fails: sum.fails + one.fails, of: sum.of + one.of }), { fails: 0, of: 0 })
  const good = { fails: 0, of: 0 }
  return each.map((one) => {
    const before = { ...good }
    good.fails += one.fails
    good.of += one.of
    return { good: before, bad: { fails: all.fails - before.fails, of: all.of - before.of } }
  })
}

/** Of one certain series with so many failures. */
function logProbability({ fails, of }: Side, believed: { fails: number; passes: number }): number {
  return logBeta(believed.fails + fails, believed.passes + of - fails) - logBeta(believed.fails, believed.passes)
}

function meanOf({ fails, of }: Side, believed: { fails: number; passes: number }): number {
  return (believed.fails + fails) / (believed.fails + believed.passes + of)
}

/** The variance of what is known of a rate: that of the beta distribution. */
function varianceOf(side: Side, believed: { fails: number; passes: number }): number {
  const mean = meanOf(side, believed)
  return (mean * (1 - mean)) / (believed.fails + believed.passes + side.of + 1)
}

/** Asked of few numbers, again and again. */
const gammas = new Map<number, number>()

function gamma(x: number): number {
  let value = gammas.get(x)
  if (value === undefined) gammas.set(x, (value = logGamma(x)))
  return value
}

function logBeta(a: number, b: number): number {
  return gamma(a) + gamma(b) - gamma(a + b)
}
