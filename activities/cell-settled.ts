import { isSettled } from '../domain/verdict/cell-verdict.ts'
import { cellDetail } from '../store/details.ts'
import { judgedAttempts } from './judge-cell.ts'
import type { Deps } from './registry.ts'

/** Whether a cell that is tried until one is confident needs no more attempts: by all that it showed so far. */
export async function isCellSettled(deps: Deps, input: { run: number; cell: number }): Promise<boolean> {
  const { cell } = await cellDetail(deps.store, input.run, input.cell)
  return isSettled(judgedAttempts(cell), cell.cell.expectations, cell.cell.attempts)
}
