import { describe, expect, it } from 'vitest'
import { fewestAttempts, steadinessOf, usualTest, type Steadiness } from '../../../domain/flake/steady.ts'
import { seededRandom } from '../../seeded-random.ts'

/** Series of attempts that are tried until the answer is there; how often each came, and the mean of what they took. */
function answers(failureRate: number, series: number): Record<Steadiness, number> & { attempts: number } {
  const random = seededRandom(20_261_130)
  const shares = { passes: 0, fails: 0, flaky: 0, attempts: 0 }
  for (let n = 0; n < series; n++) {
    const outcomes: boolean[] = []
    let answer: ReturnType<typeof steadinessOf>
    while (answer === undefined && outcomes.length < 2_000) {
      outcomes.push(random() >= failureRate)
      answer = outcomes.length >= 3 ? steadinessOf(outcomes) : undefined
    }
    if (answer === undefined) throw new Error(`2,000 attempts at a failure rate of ${failureRate} decided nothing`)
    shares[answer.is] += 1 / series
    shares.attempts += answer.after / series
  }
  return shares
}

describe('a series of attempts', () => {
  it('without any miss is steady after as many as the error rate asks for', () => {
    const passes = Array.from({ length: fewestAttempts() }, () => true)
    expect(steadinessOf(passes)).toEqual({ is: 'passes', after: passes.length })
    expect(steadinessOf(passes.slice(1))).toBeUndefined()
    expect(steadinessOf(passes.map(() => false))).toEqual({ is: 'fails', after: passes.length })
  })

  it('that goes one way and the other is flaky as soon as both are more than rare', () => {
    expect(steadinessOf([true, false])).toBeUndefined()
    expect(steadinessOf([true, false, true, false, true, false])).toEqual({ is: 'flaky', after: 6 })
  })

  it('is answered once: what comes later changes nothing', () => {
    const steadyFirst = [...Array.from({ length: fewestAttempts() }, () => true), false, false, false, false]
    expect(steadinessOf(steadyFirst)).toEqual({ is: 'passes', after: fewestAttempts() })
  })
})

// 20,000 series in all, with the seed of `answers`.
describe('over thousands of series', () => {
  const { steady, unsteady, falseAlarm, miss } = usualTest
  const each = 2_500

  it.each([0, steady / 2, steady])(
    'one that fails in %d of the attempts is called flaky as seldom as stated',
    (rate) => {
      const { passes, fails, flaky } = answers(rate, each)
      expect(flaky).toBeLessThanOrEqual(falseAlarm)
      expect(fails).toBe(0)
      expect(passes).toBeGreaterThanOrEqual(1 - falseAlarm)
    },
  )

  it.each([unsteady, 0.3, 0.5, 1 - unsteady])(
    'one that fails in %d of them is called steady as seldom as stated',
    (rate) => {
      const { passes, fails } = answers(rate, each)
      expect(passes + fails).toBeLessThanOrEqual(miss)
    },
  )

  it('one that always fails fails', () => {
    expect(answers(1, each)).toMatchObject({ passes: 0, flaky: 0 })
  })
})
