import { unfinishedAttempts } from '../store/attempts.ts'
import type { OpenAttempts } from '../workflows/contracts.ts'
import { closeLostAttempt } from './close-lost-attempt.ts'
import type { Deps } from './deps.ts'

/**
 * Closes every attempt of a run, or of one cell, that has begun and not ended: nobody else will.
 * @param signal aborting leaves those open that are not closed yet, for who does the step again
 */
export async function closeOpenAttempts(
  deps: Deps,
  { run, cell, reason }: OpenAttempts,
  signal?: AbortSignal,
): Promise<void> {
  for (const attempt of await unfinishedAttempts(deps.store, run))
    if (cell === undefined || attempt.cell === cell)
      await closeLostAttempt(deps, { run, cell: attempt.cell, attempt: attempt.number, reason }, signal)
}
