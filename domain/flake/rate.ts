import { betaQuantile } from './beta.ts'

/** How often something happened, and what that says. */
export interface Rate {
  happened: number
  of: number
  /** Between these the rate lies with probability `level`; from 0 to 1. */
  low: number
  high: number
  level: number
}

/** The probability that is meant where none is said. */
export const usualLevel = 0.95

/**
 * What is known of a rate after some attempts: the equal-tailed credible interval of Jeffreys' prior, Beta(1/2, 1/2), with
 * the end at 0 or 1 where nothing or everything happened (Brown, Cai, DasGupta: Interval Estimation for a Binomial
 * Proportion, 2001, section 4.3).
 * @param happened of `of` attempts, both whole numbers, 0 or more
 */
export function rateOf(happened: number, of: number, level = usualLevel): Rate {
  const [a, b, tail] = [happened + 0.5, of - happened + 0.5, (1 - level) / 2]
  const low = happened === 0 ? 0 : betaQuantile(tail, a, b)
  const high = happened === of ? 1 : betaQuantile(1 - tail, a, b)
  return { happened, of, low, high, level }
}

/** A rate in words: `3 of 40 (2 % to 19 %)`. */
export function inWords({ happened, of, low, high }: Rate): string {
  return `${happened} of ${of} (${percent(low)} to ${percent(high)})`
}

/** A share as percent, with a digit more where it is small. */
export function percent(share: number): string {
  const hundredths = share * 100
  const digits = hundredths > 0 && hundredths < 9.95 && hundredths !== Math.round(hundredths) ? 1 : 0
  return `${hundredths.toFixed(digits)} %`
}
