import { findAttempt, startAttempt } from '../store/attempts.ts'
import type { AttemptStart } from '../store/attempt.ts'
import type { AttemptTask, LeasedAttempt } from '../workflows/contracts.ts'
import { attemptFolder, fenceOf, placeOf } from './attempt-place.ts'
import type { Deps } from './deps.ts'
import { Reporter } from './reporter.ts'

/**
 * Writes that an attempt begins, with its first step on its place: on a board that is flashing, and the boot goes on from
 * there. Done again it began when it began.
 * @param target the target's name in the plan, after which a place of the attempt's own is called
 * @throws LabError StaleFence when a later lease of the place has been seen, or the attempt has been closed
 */
export async function beginAttempt(
  deps: Deps,
  task: AttemptTask | LeasedAttempt,
  target: string,
): Promise<AttemptStart> {
  const held = 'held' in task ? task.held : undefined
  const before = await findAttempt(deps.store, { run: task.run, cell: task.cell, number: task.attempt })
  const start: AttemptStart = {
    run: task.run,
    cell: task.cell,
    number: task.attempt,
    place: held?.place ?? placeOf(task, target),
    fence: fenceOf(held?.fence ?? task.attempt),
    folder: attemptFolder(deps.folders.state, task),
    started: Date.now(),
  }
  const started = await startAttempt(deps.store, start)
  if (before === undefined) {
    const reporter = new Reporter(deps.store, { run: task.run, cell: task.cell, attempt: task.attempt })
    reporter.tell('attempt-started', { place: start.place })
    await reporter.flush()
  }
  return { ...start, started }
}
