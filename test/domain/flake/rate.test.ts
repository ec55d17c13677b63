import { describe, expect, it } from 'vitest'
import { betaQuantile, betaUpTo, logGamma } from '../../../domain/flake/beta.ts'
import { sameRate } from '../../../domain/flake/fisher.ts'
import { inWords, percent, rateOf } from '../../../domain/flake/rate.ts'

// The right values are those of SciPy 1.16.
describe('the beta distribution', () => {
  it.each([
    [0.3, 2, 5, 0.579825],
    [0.03, 0.5, 40.5, 0.8826286683024445],
    [0.9, 50.5, 3.5, 0.14301430975789747],
    [0.5, 0.5, 0.5, 0.5],
    [0.02, 3.5, 400.5, 0.9769270017888825],
  ])('says how probable a rate of at most %d is for a = %d, b = %d', (x, a, b, right) => {
    expect(betaUpTo(x, a, b)).toBeCloseTo(right, 12)
    expect(betaQuantile(right, a, b)).toBeCloseTo(x, 10)
  })

  it.each([
    [0.5, 0.5723649429247],
    [1, 0],
    [10.5, 13.940625219403763],
    [400, 1994.5092334361332],
  ])('has a logarithm of gamma of %d', (x, right) => {
    expect(logGamma(x)).toBeCloseTo(right, 10)
  })
})

describe('a rate', () => {
  it.each([
    [0, 20, 0, 0.09739],
    [1, 31, 0.003502918421305979, 0.14103799412369988],
    [3, 40, 0.021576674442978006, 0.18681429723762477],
    [7, 20, 0.172276213631912, 0.5677660938414961],
    [30, 1000, 0.020743946027839945, 0.041968444834554766],
  ])('of %d in %d lies where Jeffreys’ interval says', (happened, of, low, high) => {
    const rate = rateOf(happened, of)
    expect(rate.low).toBeCloseTo(low, 8)
    if (happened > 0) expect(rate.high).toBeCloseTo(high, 8)
  })

  it('never loses the ends where nothing or everything happened', () => {
    expect(rateOf(0, 20)).toMatchObject({ low: 0, high: expect.closeTo(0.11663898290487539, 8) as number })
    expect(rateOf(20, 20)).toMatchObject({ low: expect.closeTo(0.8833610170951246, 8) as number, high: 1 })
    expect(rateOf(0, 0)).toMatchObject({ low: 0, high: 1 })
  })

  it('covers the true rate about as often as it says, over all that can come of 40 attempts', () => {
    for (const rate of [0.03, 0.1, 0.3, 0.5]) {
      let covered = 0
      for (let k = 0; k <= 40; k++) {
        const { low, high } = rateOf(k, 40)
        const choose = Math.exp(logGamma(41) - logGamma(k + 1) - logGamma(41 - k))
        if (low <= rate && rate <= high) covered += choose * rate ** k * (1 - rate) ** (40 - k)
      }
      // Counts are whole, so that no interval covers exactly 95 %.
      expect(covered).toBeGreaterThan(0.9)
      expect(covered).toBeLessThan(0.995)
    }
  })

  it('is told in words', () => {
    expect(inWords(rateOf(3, 40))).toBe('3 of 40 (2.2 % to 19 %)')
    expect([0, 0.004, 0.02, 0.096, 0.5, 1].map(percent)).toEqual(['0 %', '0.4 %', '2 %', '9.6 %', '50 %', '100 %'])
  })
})

describe('Fisher’s exact test', () => {
  it.each([
    [3, 10, 0, 10, 0.21052631578947367],
    [8, 10, 1, 10, 0.005477494641581329],
    [1, 20, 5, 20, 0.1817641817641818],
    [0, 5, 0, 7, 1],
    [10, 100, 2, 100, 0.03304010932418497],
  ])('of %d in %d and %d in %d', (failed, of, otherFailed, otherOf, right) => {
    expect(sameRate({ one: { failed, of }, other: { failed: otherFailed, of: otherOf } })).toBeCloseTo(right, 10)
  })
})
