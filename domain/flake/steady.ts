/**
 * When enough attempts were made: a sequential test, which may look after each attempt without being fooled the more often
 * the longer it looks.
 */

/** What counts as steady, and how often the test may be wrong. */
export interface SteadyTest {
  /** An outcome that is missed at most so often is steady: a share of the attempts. */
  steady: number
  /** One that is missed at least so often is not. Between the two either answer is right. */
  unsteady: number
  /** Probability, at most, that something steady is called flaky. */
  falseAlarm: number
  /** Probability, at most, that something unsteady is called steady. */
  miss: number
}

/** At most 2 % is steady, 20 % and more is not; each answer is wrong in one of a hundred or of twenty. */
export const usualTest: SteadyTest = { steady: 0.02, unsteady: 0.2, falseAlarm: 0.01, miss: 0.05 }

/** What a series came to, and whether nothing more need be tried. */
export type Steadiness = 'passes' | 'fails' | 'flaky'

/**
 * Two sequential probability ratio tests side by side (A. Wald, Sequential Tests of Statistical Hypotheses, 1945): one of
 * the passes being steady, one of the failures. With the bounds 1/falseAlarm and miss/2 of the likelihood ratio their error
 * rates hold by Ville's inequality, not only nearly: a steady series passes 1/falseAlarm with probability falseAlarm at
 * most, and an unsteady one is called steady by either test with probability miss/2 at most.
 * @param outcomes in the order of the attempts: whether each passed
 * @returns what the first attempts that were enough came to, and how many they were; undefined when they are not enough
 */
export function steadinessOf(
  outcomes: readonly boolean[],
  test: SteadyTest = usualTest,
): { is: Steadiness; after: number } | undefined {
  const passes = new RatioTest(test)
  const fails = new RatioTest(test)
  for (const [index, passed] of outcomes.entries()) {
    const after = index + 1
    if (passes.take(passed) === 'steady') return { is: 'passes', after }
    if (fails.take(!passed) === 'steady') return { is: 'fails', after }
    if (passes.answer === 'unsteady' && fails.answer === 'unsteady') return { is: 'flaky', after }
  }
  return undefined
}

/** @returns attempts that a series without any miss takes to be called steady: nothing is decided before */
export function fewestAttempts({ steady, unsteady, miss }: SteadyTest = usualTest): number {
  return Math.ceil(Math.log(miss / 2) / Math.log((1 - unsteady) / (1 - steady)))
}

/** Whether one outcome is steady. What was answered first stands. */
class RatioTest {
  readonly #test: SteadyTest
  #logRatio = 0
  answer: 'steady' | 'unsteady' | undefined

  constructor(test: SteadyTest) {
    this.#test = test
  }

  take(happened: boolean): 'steady' | 'unsteady' | undefined {
    const { steady, unsteady, falseAlarm, miss } = this.#test
    this.#logRatio += happened ? Math.log((1 - unsteady) / (1 - steady)) : Math.log(unsteady / steady)
    if (this.answer === undefined) {
      if (this.#logRatio >= -Math.log(falseAlarm)) this.answer = 'unsteady'
      else if (this.#logRatio <= Math.log(miss / 2)) this.answer = 'steady'
    }
    return this.answer
  }
}
