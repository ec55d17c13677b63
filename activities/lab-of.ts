import { LabError } from '../domain/errors.ts'
import type { Inventory } from '../domain/lab/inventory.ts'
import { keptLab } from '../reading/kept-lab.ts'
import type { Run } from '../store/runs.ts'
import type { Deps } from './deps.ts'

/**
 * The lab of a run, as its file was when the run was started.
 * @throws LabError BadInput when the run has none; SourceMissing when what was kept of the file has gone
 */
export async function labOf({ store }: Pick<Deps, 'store'>, run: Pick<Run, 'id' | 'options'>): Promise<Inventory> {
  const lab = run.options?.inventory
  if (lab === undefined)
    throw new LabError('BadInput', `Run ${run.id} was started without a lab: name the lab's file with --lab.`)
  const inventory = await keptLab(store, lab)
  if (inventory) return inventory
  throw new LabError('SourceMissing', `The lab of run ${run.id}, ${lab.file}, is gone from the store: start it again.`)
}
