/**
 * Damerau-Levenshtein distance in its optimal-string-alignment form: insertions, deletions, substitutions and swaps of
 * neighbours cost 1 each.
 */
export function distance(a: string, b: string): number {
  let older: number[] = []
  let old: number[] = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(old[j]! + 1, row[j - 1]! + 1, old[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) best = Math.min(best, older[j - 2]! + 1)
      row.push(best)
    }
    older = old
    old = row
  }
  return old[b.length]!
}

/**
 * @returns the candidate nearest to a misspelt word, if one is near enough to be what was meant: at most a third of the
 * letters differ, case aside
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Infinity
  for (const candidate of candidates) {
    // A length that differs by more than the limit cannot be near, and long garbage must not cost quadratic time.
    const limit = Math.max(1, Math.floor(Math.max(candidate.length, Math.min(plain.length, candidate.length + 9)) / 3))
    if (Math.abs(plain.length - candidate.length) > limit) continue
    const found = distance(plain, candidate.toLowerCase())
    if (found <= limit && found < bestDistance) {
      best = candidate
      bestDistance = found
    }
  }
  return best
}

/** @returns the hint for a word that is none of the candidates: the one that was probably meant, else all of them */
export function suggest(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates)
  if (near !== undefined) return `did you mean "${near}"?`
  if (candidates.length === 0) return ''
  return candidates.length === 1 ? `the only one is "${candidates[0]}"` : `it would be one of ${candidates.join(', ')}`
}
