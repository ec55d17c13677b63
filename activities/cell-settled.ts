import { conclusionOfVerdict } from '../domain/night/conclusion.ts'
import { isSettled, verdictOf } from '../domain/verdict/cell-verdict.ts'
import { cellDetail } from '../store/details.ts'
import { verdictsBefore } from '../store/nights.ts'
import { judgedAttempts } from './judge-cell.ts'
import type { Deps } from './deps.ts'

/**
 * Whether a cell needs no more attempts than those that it had, although it may have more: one that is tried until one is
 * confident, and one of a night that is tried again when it comes out otherwise than its last conclusive night.
 */
export async function isCellSettled(deps: Deps, input: { run: number; cell: number }): Promise<boolean> {
  const { run, cell } = await cellDetail(deps.store, input.run, input.cell)
  const { expectations, attempts: policy, id } = cell.cell
  const attempts = judgedAttempts(cell)
  if (!isSettled(attempts, expectations, policy)) return false
  if (run.options?.confirm === undefined) return true
  const before = await verdictsBefore(deps.store, run.id, id)
  const last = before.map(conclusionOfVerdict).find((conclusion) => conclusion !== 'none')
  return last === undefined || last === conclusionOfVerdict(verdictOf(attempts, expectations, policy).verdict)
}
