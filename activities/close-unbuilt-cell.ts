import type { CellVerdict } from '../domain/verdict/verdict.ts'
import { judgeCell } from '../store/cells.ts'
import { addEvent } from '../store/events.ts'
import type { UnbuiltCell } from '../workflows/contracts.ts'
import type { Deps } from './registry.ts'

/** A cell whose build failed: a kernel that does not build fails its cell; a lab that cannot build is infra. */
export async function closeUnbuiltCell(deps: Deps, { run, cell, infra, message }: UnbuiltCell): Promise<void> {
  const verdict: CellVerdict = {
    verdict: infra ? 'infra' : 'fail',
    sentence: `It could not be built: ${message}`,
    because: [],
  }
  await judgeCell(deps.store, run, cell, verdict)
  await addEvent(deps.store, { run, cell, time: Date.now(), kind: 'verdict', data: verdict })
}
