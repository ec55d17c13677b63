import type { Ending } from '../attempt.ts'
import { counts } from '../verdict/counts.ts'

/** What was seen of a candidate: its attempts in their order. */
export interface Tried {
  candidate: number
  /** Why it could not be built, in one sentence. */
  unbuilt?: { message: string; infra: boolean }
  attempts: TriedAttempt[]
}

export interface TriedAttempt {
  /** e.g. `14.3.1`. */
  id: string
  ending: Ending
  /** One sentence on how it ended. */
  sentence: string
  /** Whether the finding failed; undefined where it neither passed nor failed. */
  fails?: boolean
}

/** What a candidate came to so far. */
export interface Told {
  failed: number
  of: number
  /** Why nothing can be told of it, in one sentence: it cannot be built, or its boots do not come so far. */
  silent?: string
}

/** So many attempts that say nothing, and more than those that do, are enough to give a candidate up. */
const silentAttempts = 2

/** What a candidate came to so far. Attempts that the lab broke are none. */
export function toldOf({ unbuilt, attempts }: Tried): Told {
  const counted = attempts.filter(({ ending }) => counts(ending))
  const said = counted.flatMap(({ fails }) => (fails === undefined ? [] : [fails]))
  const told = { failed: said.filter(Boolean).length, of: said.length }
  if (unbuilt) return { ...told, silent: unbuilt.message }
  const mute = counted.filter(({ fails }) => fails === undefined)
  if (mute.length < silentAttempts || mute.length <= said.length) return told
  return { ...told, silent: mute.at(-1)!.sentence }
}

/**
 * Whether the lab keeps a candidate from being tried: it broke the build, or more attempts in a row than the plan allows.
 * @param allowed how often it may break in a row
 * @returns why, in one sentence; undefined when it does not
 */
export function brokenBy({ unbuilt, attempts }: Tried, allowed: number): string | undefined {
  if (unbuilt?.infra) return unbuilt.message
  const inARow = attempts.length - 1 - attempts.findLastIndex(({ ending }) => counts(ending))
  return inARow > allowed ? attempts.at(-1)!.sentence : undefined
}
