import type { CellVerdict } from '../domain/verdict/verdict.ts'
import { closeCell } from '../store/close-cell.ts'
import { cellDetail } from '../store/details.ts'
import type { BrokenCell } from '../workflows/contracts.ts'
import type { Deps } from './deps.ts'

/** A cell whose story broke before it was judged: the lab's fault, never the kernel's. A verdict that is there stays. */
export async function closeBrokenCell(deps: Deps, { run, cell, reason }: BrokenCell): Promise<void> {
  if ((await cellDetail(deps.store, run, cell)).cell.verdict !== null) return
  const verdict: CellVerdict = {
    verdict: 'infra',
    sentence: `The lab could not finish the cell: ${reason}`,
    because: [],
  }
  await closeCell(deps.store, run, cell, verdict, Date.now())
}
