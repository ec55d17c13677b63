import { leaveCell } from '../store/close-cell.ts'
import type { SkippedCell } from '../workflows/contracts.ts'
import type { Deps } from './deps.ts'

/** Says that a cell of a night is not run, and why. */
export async function skipCell(deps: Deps, { run, cell, notRun }: SkippedCell): Promise<void> {
  await leaveCell(deps.store, run, cell, notRun, Date.now())
}
