import { LabError } from '../../domain/errors.ts'
import type { At } from '../../domain/lab/at.ts'

/** What became of one line of a lab's file that was tried on the real thing. */
export interface Checked {
  /** Where the line stands. */
  at: At
  /** What it names, e.g. `rock-1, console uart0`. */
  what: string
  /** `skipped`: it was not tried, and nothing is wrong with it as far as anybody knows. */
  outcome: 'fine' | 'broken' | 'skipped'
  /** What was seen, what is wrong, or why it was not tried: one sentence. */
  said: string
}

/** Says that a line was not tried. */
export class NotTried extends Error {}

/**
 * Tries one line.
 * @param work resolves with what was seen; it throws LabError for what is wrong, and NotTried
 * @throws the signal's reason when aborted, and whatever else is nobody's line
 */
export async function tryLine(
  at: At,
  what: string,
  work: () => Promise<string>,
  signal: AbortSignal,
): Promise<Checked> {
  try {
    return { at, what, outcome: 'fine', said: await work() }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof NotTried) return { at, what, outcome: 'skipped', said: error.message }
    if (error instanceof LabError) return { at, what, outcome: 'broken', said: error.message }
    throw error
  }
}
