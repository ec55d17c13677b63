import { patchHashes } from '../builds/source/read-patches.ts'
import { LabError } from '../domain/errors.ts'
import type { Made } from '../domain/search/moved-groups.ts'

/**
 * Sees that the patches of a result are what they were when its kernel was built: a search that took others would blame what
 * was never booted.
 * @param of the result, for the message
 * @throws LabError BadInput naming the first that has changed; SourceMissing naming one that is gone
 */
export async function requireSamePatches({ cell, kernel }: Pick<Made, 'cell' | 'kernel'>, of: string): Promise<void> {
  // Those that its run read are kept, and are what is built from.
  if (cell.kernel.frozen !== undefined) return
  const built = kernel?.['patches']
  if (!Array.isArray(built)) return
  const now = await patchHashes(cell.kernel.patches)
  const changed = cell.kernel.patches.find((_, index) => now[index] !== built[index])
  if (changed === undefined) return
  throw new LabError(
    'BadInput',
    `${changed} has changed since ${of} was built: run the plan again, and take that result.`,
  )
}
