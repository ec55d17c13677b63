import { setNotRun } from '../store/cells.ts'
import { addEvent } from '../store/events.ts'
import type { SkippedCell } from '../workflows/contracts.ts'
import type { Deps } from './registry.ts'

/** Says that a cell of a night is not run, and why. */
export async function skipCell(deps: Deps, { run, cell, notRun }: SkippedCell): Promise<void> {
  await setNotRun(deps.store, run, cell, notRun)
  await addEvent(deps.store, {
    run,
    cell,
    time: Date.now(),
    kind: 'say',
    data: { text: `not run: ${notRun.sentence}` },
  })
}
