import { logGamma } from './beta.ts'

/** Two groups of attempts: how many failed of how many. */
export interface TwoGroups {
  one: { failed: number; of: number }
  other: { failed: number; of: number }
}

/**
 * Fisher's exact test, two-sided: the probability that two groups of one and the same failure rate differ as much as these
 * or more, by the probability of the table. It is right for one look; who looks after each attempt and stops when it is
 * small is fooled more often than it says.
 */
export function sameRate({ one, other }: TwoGroups): number {
  const all = one.of + other.of
  const failed = one.failed + other.failed
  const chances: number[] = []
  const first = Math.max(0, failed - other.of)
  for (let k = first; k <= Math.min(failed, one.of); k++)
    chances.push(Math.exp(logChoose(one.of, k) + logChoose(other.of, failed - k) - logChoose(all, failed)))
  const seen = chances[one.failed - first]!
  // Tables that are as probable are often not quite so in floating point.
  const asRare = chances.filter((chance) => chance <= seen * (1 + 1e-7))
  return Math.min(
    1,
    asRare.reduce((sum, chance) => sum + chance, 0),
  )
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
}
