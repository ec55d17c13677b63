/** What repeated measurements came to. */
export interface Spread {
  median: number
  least: number
  most: number
}

/** Takes at least one value. The median is the one to compare: a busy host makes few rounds much slower, never faster. */
export function spreadOf(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)]
  const lower = sorted[Math.ceil(middle) - 1]
  if (upper === undefined || lower === undefined) throw new RangeError('a spread needs at least one value')
  return { median: (lower + upper) / 2, least: sorted[0]!, most: sorted.at(-1)! }
}

/** `2.31 s (2.27 to 2.90)`; takes seconds. */
export function inSeconds({ median, least, most }: Spread): string {
  return `${median.toFixed(2).padStart(6)} s (${least.toFixed(2)} to ${most.toFixed(2)})`
}
