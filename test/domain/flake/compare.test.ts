import { describe, expect, it } from 'vitest'
import { compare, type Comparison } from '../../../domain/flake/compare.ts'
import { seededRandom } from '../../seeded-random.ts'

const most = 60

/** Tries two things by turns until it is told what they are; of what rate each fails. */
function byTurns(rates: [number, number], random: () => number): { told?: Comparison; attempts: number } {
  const [one, other]: [boolean[], boolean[]] = [[], []]
  while (other.length < most) {
    one.push(random() < rates[0])
    other.push(random() < rates[1])
    const told = compare(one, other)
    if (told) return { told, attempts: one.length + other.length }
  }
  return { attempts: 2 * most }
}

function many(rates: [number, number], runs: number): { other: number; same: number; attempts: number } {
  const random = seededRandom(20_261_130)
  const sums = { other: 0, same: 0, attempts: 0 }
  for (let run = 0; run < runs; run++) {
    const { told, attempts } = byTurns(rates, random)
    if (told) sums[told.is]++
    sums.attempts += attempts
  }
  return { other: sums.other / runs, same: sums.same / runs, attempts: sums.attempts / runs }
}

describe('two things that are tried by turns', () => {
  it('of which one always fails and the other never are told apart after five of each', () => {
    expect(byTurns([1, 0], Math.random)).toEqual({ told: { is: 'other', fails: 'less' }, attempts: 10 })
    expect(byTurns([0, 1], Math.random)).toEqual({ told: { is: 'other', fails: 'more' }, attempts: 10 })
  })

  it('that both always fail, or never, are called the same when both are steady', () => {
    expect(byTurns([1, 1], Math.random).told).toEqual({ is: 'same' })
    expect(byTurns([0, 0], Math.random).told).toEqual({ is: 'same' })
  })

  it.each([0, 0.03, 0.1, 0.3, 0.5, 0.9])('of the same rate %d are told apart as seldom as stated', (rate) => {
    expect(many([rate, rate], 2_000).other).toBeLessThanOrEqual(0.01)
  })

  it('are told apart although each deceives now and then', () => {
    const { other, same, attempts } = many([0.9, 0.1], 1_000)
    expect([other > 0.99, same]).toEqual([true, 0])
    expect(attempts).toBeLessThan(25)
  })

  it('are nothing to each other as long as one was not tried', () => {
    expect(compare([true, true], [])).toBeUndefined()
  })
})
