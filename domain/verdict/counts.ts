import type { Ending } from '../attempt.ts'

/** Endings that are nobody's fault but the lab's or the user's: such an attempt says nothing of the kernel. */
const uncounted: ReadonlySet<Ending> = new Set(['infra', 'tainted', 'cancelled'])

/** Takes how an attempt ended; returns whether it counts for the verdict. The others are kept, shown and made again. */
export function counts(ending: Ending): boolean {
  return !uncounted.has(ending)
}
