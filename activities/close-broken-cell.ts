import type { CellVerdict } from '../domain/verdict/verdict.ts'
import { judgeCell } from '../store/cells.ts'
import { cellDetail } from '../store/details.ts'
import { addEvent } from '../store/events.ts'
import type { BrokenCell } from '../workflows/contracts.ts'
import type { Deps } from './registry.ts'

/** A cell whose story broke before it was judged: the lab's fault, never the kernel's. A verdict that is there stays. */
export async function closeBrokenCell(deps: Deps, { run, cell, reason }: BrokenCell): Promise<void> {
  if ((await cellDetail(deps.store, run, cell)).cell.verdict !== null) return
  const verdict: CellVerdict = {
    verdict: 'infra',
    sentence: `The lab could not finish the cell: ${reason}`,
    because: [],
  }
  await judgeCell(deps.store, run, cell, verdict)
  await addEvent(deps.store, { run, cell, time: Date.now(), kind: 'verdict', data: verdict })
}
