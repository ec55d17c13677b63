import type { CellVerdict } from '../domain/verdict/verdict.ts'
import { closeCell } from '../store/close-cell.ts'
import type { UnbuiltCell } from '../workflows/contracts.ts'
import type { Deps } from './deps.ts'

/** A cell whose build failed: a kernel that does not build fails its cell; a lab that cannot build is infra. */
export async function closeUnbuiltCell(deps: Deps, { run, cell, infra, message }: UnbuiltCell): Promise<void> {
  const verdict: CellVerdict = {
    verdict: infra ? 'infra' : 'fail',
    sentence: `It could not be built: ${message}`,
    because: [],
  }
  await closeCell(deps.store, run, cell, verdict, Date.now())
}
