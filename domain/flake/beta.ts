/**
 * The beta distribution: what is known of a rate after so many failures in so many attempts. Written here because what npm
 * has for it is either no longer kept or brings more than two hundred packages.
 */

/** Lanczos' coefficients for g = 7 (P. Godfrey's, good to some 15 digits). */
const lanczos = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_572e-6,
  1.505_632_735_149_311_6e-7,
]

/** @returns the natural logarithm of the gamma function of a number from 0.5 on */
export function logGamma(x: number): number {
  const z = x - 1
  const base = z + 7.5
  const sum = lanczos.reduce((total, coefficient, at) => total + (at === 0 ? coefficient : coefficient / (z + at)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(base) - base + Math.log(sum)
}

/**
 * The regularised incomplete beta function I_x(a, b) (NIST Digital Library of Mathematical Functions, 8.17): the
 * probability that a rate of this distribution is at most `x`.
 * @param x from 0 to 1
 * @param a at least 0.5, as `b`
 */
export function betaUpTo(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast on one side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaUpTo(1 - x, b, a)
  const front = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)
  return (Math.exp(front) * fraction(x, a, b)) / a
}

/** The continued fraction of 8.17.22, by Lentz' method. */
function fraction(x: number, a: number, b: number): number {
  const notNull = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value)
  let c = 1
  let d = 1 / notNull(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m < 10_000; m++) {
    for (const part of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / notNull(1 + part * d)
      c = notNull(1 + part / c)
      result *= c * d
    }
    if (Math.abs(c * d - 1) < 1e-15) break
  }
  return result
}

/** @returns the rate that one of this distribution is below with probability `p`, to 12 digits */
export function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1]
  while (high - low > 1e-13 * Math.max(high, 1e-3)) {
    const middle = (low + high) / 2
    if (betaUpTo(middle, a, b) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
