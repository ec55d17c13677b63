import { describe, expect, it } from 'vitest'
import { changeOf, usualFalseAlarm, type Counts } from '../../../domain/flake/changed.ts'
import { sameRate } from '../../../domain/flake/fisher.ts'
import { seededRandom } from '../../seeded-random.ts'

const [nightsBefore, nightsSince] = [30, 60]

type Look = (before: Counts, since: boolean[]) => boolean

const ours: Look = (before, since) => changeOf(before, since) !== undefined

/** Draws nights before a moment and since then, each with a failure rate: in what share of such series a way of looking cries. */
function alarms(look: Look, rateBefore: number, rateSince: number, series: number): number {
  const random = seededRandom(20_261_130)
  return (
    count(series, () => {
      const before = { failed: count(nightsBefore, () => random() < rateBefore), of: nightsBefore }
      return look(
        before,
        Array.from({ length: nightsSince }, () => random() < rateSince),
      )
    }) / series
  )
}

/** Looks at Fisher's test after each night, at the very error rate of ours. */
const peeking: Look = (before, since) => {
  let failed = 0
  return since.some((fails, index) => {
    if (fails) failed++
    return sameRate({ one: { failed, of: index + 1 }, other: before }) < usualFalseAlarm
  })
}

function count(times: number, happens: () => boolean): number {
  return Array.from({ length: times }, happens).filter(Boolean).length
}

describe('a failure rate', () => {
  it('that went from none to always is another one on the second night', () => {
    expect(changeOf({ failed: 0, of: 30 }, [true, true, true, true])).toEqual({ after: 2, to: 'more' })
    expect(changeOf({ failed: 30, of: 30 }, [false, false, false, false])).toEqual({ after: 2, to: 'less' })
  })

  it('of which nothing is known from before has not changed', () => {
    expect(changeOf({ failed: 0, of: 0 }, [true, true, true, true])).toBeUndefined()
  })

  it.each([0, 0.03, 0.1, 0.3, 0.5])(
    'that stays at %d is called changed as seldom as stated, over 60 nights',
    (rate) => {
      expect(alarms(ours, rate, rate, 3_000)).toBeLessThanOrEqual(usualFalseAlarm)
    },
  )

  it('a look at Fisher’s test each night cries more often than it states', () => {
    expect(alarms(peeking, 0.1, 0.1, 300)).toBeGreaterThan(usualFalseAlarm)
    expect(alarms(peeking, 0.3, 0.3, 300)).toBeGreaterThan(usualFalseAlarm)
  })

  it.each([
    [0, 0.5],
    [0.03, 0.5],
    [0.1, 0.7],
    [0.5, 0],
  ])('that goes from %d to %d is nearly always found within 60 nights', (before, since) => {
    expect(alarms(ours, before, since, 1_000)).toBeGreaterThan(0.95)
  })
})
