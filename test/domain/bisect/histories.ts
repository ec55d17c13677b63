import { bisect, type Range } from '../../../domain/bisect/bisect.ts'
import type { Observation } from '../../../domain/bisect/posterior.ts'

/** A history whose attempts deceive: of a good version some fail, of a bad one some pass. */
export interface History {
  last: number
  culprit: number
  flakes: number
  /** Versions that do not build. */
  broken?: ReadonlySet<number>
}

export const confidence = 0.97
export const rangeOf = ({ last }: History): Range => ({ last, confidence, atEnds: 3 })

export function tryVersion({ culprit, flakes, broken }: History, version: number, random: () => number): Observation {
  if (broken?.has(version)) return { version, skipped: true }
  return { version, fails: version >= culprit !== random() < flakes }
}

/** Bisects a history to its end. Without a culprit where the ends did not seem to differ. */
export function play(
  history: History,
  random: () => number,
  parallel = 1,
): { culprits: number[]; attempts: number; rounds: number } {
  const seen: Observation[] = []
  for (let rounds = 0; rounds < 2_000; rounds++) {
    const state = bisect(seen, rangeOf(history), parallel)
    if (state.is === 'found') return { culprits: state.culprits, attempts: state.attempts, rounds }
    if (state.is === 'no difference') return { culprits: [], attempts: seen.length, rounds }
    for (const version of state.next) seen.push(tryVersion(history, version, random))
  }
  throw new Error('it never ends')
}
