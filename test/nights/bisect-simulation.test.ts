import { describe, expect, it } from 'vitest'
import { play, tryVersion, type History } from '../domain/bisect/histories.ts'
import { seededRandom } from '../seeded-random.ts'

/** git bisect, each version tried so often and judged by the majority. */
function plainBisect(history: History, tries: number, random: () => number): { culprit: number; attempts: number } {
  let [good, bad, attempts] = [0, history.last, 0]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    let fails = 0
    for (let n = 0; n < tries; n++) {
      const seen = tryVersion(history, middle, random)
      if ('fails' in seen && seen.fails) fails++
      attempts++
    }
    if (fails * 2 > tries) bad = middle
    else good = middle
  }
  return { culprit: bad, attempts }
}

const runs = 1_000
const last = 64
/** With a confidence of 97 %. */
const mostWrong = 0.05

/** Many histories with the culprit anywhere: how often the wrong one is named, and the mean of what it took. */
function simulate(flakes: number): Record<'undecided' | 'wrong' | 'attempts' | 'plainWrong' | 'plainAttempts', number> {
  const random = seededRandom(20_261_130)
  const sums = { undecided: 0, wrong: 0, attempts: 0, plainWrong: 0, plainAttempts: 0 }
  for (let run = 0; run < runs; run++) {
    const history = { last, culprit: 1 + Math.floor(random() * last), flakes }
    const { culprits, attempts } = play(history, random)
    if (culprits.length === 0) sums.undecided++
    else if (!culprits.includes(history.culprit)) sums.wrong++
    sums.attempts += attempts
    const plain = plainBisect(history, 3, random)
    if (plain.culprit !== history.culprit) sums.plainWrong++
    sums.plainAttempts += plain.attempts
  }
  return sums
}

describe('a bisection over 64 versions, 1,000 seeded histories', () => {
  it.each([0, 0.1, 0.3])('at a flake rate of %d names the wrong version as seldom as stated', (flakes) => {
    const { undecided, wrong, attempts, plainWrong, plainAttempts } = simulate(flakes)
    expect(undecided / runs).toBeLessThanOrEqual(0.01)
    expect(wrong / runs).toBeLessThanOrEqual(mostWrong)
    if (flakes > 0) expect(plainWrong).toBeGreaterThan(10 * wrong)
    // Plain bisection with three attempts each takes 18, whatever the flakes; certainty has its price.
    expect(plainAttempts / runs).toBe(18)
    expect(attempts / runs).toBeLessThan(flakes === 0 ? 18 : flakes === 0.1 ? 30 : 140)
  })
})
