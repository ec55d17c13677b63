import type { Ending } from '../attempt.ts'

/**
 * Milliseconds for which a cell leaves places alone on which the lab broke its attempts, after the first such attempt in a row,
 * the second and so on. The first is repeated at once, for most of what breaks broke by chance; whoever has to start a
 * console server again needs a moment.
 */
const rests = [0, 5_000, 15_000, 30_000, 60_000]

/** For how long a cell leaves places alone that broke its attempts, and how many those were. */
export interface Rest {
  /** Milliseconds since 1970. */
  until: number
  broken: number
}

/**
 * @param attempts those of one cell that have ended, in their order, with times in milliseconds since 1970; cancelled ones say nothing
 * @returns undefined where the lab did not break the last of them
 */
export function restAfter(attempts: readonly { ending: Ending; ended: number }[]): Rest | undefined {
  const counting = attempts.filter(({ ending }) => ending !== 'cancelled')
  const broken = counting.length - 1 - counting.findLastIndex(({ ending }) => ending !== 'infra')
  const last = counting.at(-1)
  if (last === undefined || broken === 0) return undefined
  return { until: last.ended + rests[Math.min(broken, rests.length) - 1]!, broken }
}
