import { logRatio, usualFalseAlarm, type Counts } from './changed.ts'
import { steadinessOf } from './steady.ts'

/** What two series of attempts, made by turns, say of each other. */
export type Comparison =
  /** Their rates are not the same; `less` where the second one fails less often. */
  | { is: 'other'; fails: 'more' | 'less' }
  /** Both are steady, and in the same way. */
  | { is: 'same' }

/**
 * Compares two things that are tried by turns, and may be asked after every attempt. That they differ is told when two rates
 * are so much more probable than one (the ratio of `changeOf`, which rarely grows large when they do not, whenever one
 * looks); that they do not, when the sequential test of `attempts until: confident` calls both steady.
 * @param one in the order of the attempts: whether each failed
 * @param falseAlarm the probability, at most, that two of the same rate are told apart, however often one looks
 * @returns undefined as long as that is open
 */
export function compare(
  one: readonly boolean[],
  other: readonly boolean[],
  falseAlarm = usualFalseAlarm,
): Comparison | undefined {
  const [first, second] = [countsOf(one), countsOf(other)]
  if (first.of > 0 && second.of > 0 && logRatio(first, second) >= -Math.log(falseAlarm / margin))
    return { is: 'other', fails: second.failed / second.of > first.failed / first.of ? 'more' : 'less' }
  const [steady, too] = [one, other].map((series) => steadinessOf(series.map((fails) => !fails)))
  return steady && too && steady.is !== 'flaky' && steady.is === too.is ? { is: 'same' } : undefined
}

/** The ratio is bounded on the average over Jeffreys' prior; at some rates it is passed a little more often than that. */
const margin = 2

function countsOf(series: readonly boolean[]): Counts {
  return { failed: series.filter(Boolean).length, of: series.length }
}
