import { describe, expect, it } from 'vitest'
import { bisect } from '../../../domain/bisect/bisect.ts'
import { posteriorOf, type Observation } from '../../../domain/bisect/posterior.ts'
import { play, rangeOf } from './histories.ts'

const last = 64

describe('a bisection', () => {
  const random = () => 1

  it('without flakes takes little more than the ends and one attempt for each halving', () => {
    for (const culprit of [1, 2, 31, 32, 33, 64]) {
      const { culprits, attempts } = play({ last, culprit, flakes: 0 }, random)
      expect(culprits).toEqual([culprit])
      expect(attempts).toBeLessThanOrEqual(6 + 2 * Math.log2(last))
    }
  })

  it('goes on where it was from what was seen, and asks the same again', () => {
    const seen: Observation[] = [0, 0, 0, last, last, last, 32].map((version) => ({ version, fails: version === last }))
    const range = rangeOf({ last, culprit: 40, flakes: 0 })
    expect(bisect(seen, range)).toEqual(bisect([...seen], range))
    expect(bisect(seen, range)).toMatchObject({ is: 'open', next: [expect.closeTo(48, -1)] })
  })

  it('names all versions that cannot be told apart because those between do not build', () => {
    const broken = new Set([20, 21, 22])
    expect(play({ last, culprit: 21, flakes: 0, broken }, random).culprits).toEqual([20, 21, 22, 23])
    expect(play({ last, culprit: 40, flakes: 0, broken }, random).culprits).toEqual([40])
  })

  it('with more places needs fewer rounds', () => {
    const history = { last: 1000, culprit: 777, flakes: 0 }
    expect(play(history, random, 8).rounds).toBeLessThan(play(history, random).rounds / 2)
  })

  it('gives up where the ends do not differ, after it has looked at them for longer', () => {
    const range = rangeOf({ last, culprit: 1, flakes: 0 })
    const seen: Observation[] = []
    const next = () => {
      const state = bisect(seen, range)
      return state.is === 'open' ? state.next : state
    }
    for (let asked = next(); Array.isArray(asked); asked = next()) {
      expect([0, last]).toContain(asked[0])
      // Every second attempt fails, at either end.
      const before = seen.filter(({ version }) => version === asked[0]).length
      seen.push({ version: asked[0]!, fails: before % 2 === 0 })
    }
    expect(next()).toMatchObject({ is: 'no difference' })
    expect(seen).toHaveLength(2 * 20 * 3)
  })

  it('gives every version a probability, and all of them together one', () => {
    const posterior = posteriorOf([{ version: 3, fails: true }], 10)
    expect(posterior.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1)
    expect(posterior[0]).toBe(0)
    expect(posterior[3]!).toBeGreaterThan(posterior[4]!)
  })
})
