import { identifyFirmware } from '../builds/firmware/identify.ts'
import { readStack } from '../builds/firmware/recipe.ts'
import { identifyKernel } from '../builds/kernel/identify.ts'
import { sourceIdentity } from '../builds/source/obtain.ts'
import type { SourceContext } from '../builds/source/source.ts'
import type { Cell } from '../domain/cell.ts'
import type { BuildTask } from '../workflows/contracts.ts'

/** Who asks for the builds, and where the sources that their plan does not pin are recorded. */
type Asked = Pick<BuildTask, 'run' | 'lab' | 'lockFile'>

/**
 * The builds of a cell, no firmware where it takes what is installed, named by the hash of their inputs as these are now.
 * @throws LabError SourceMissing, BadInput (a fragment, patch or recipe that has gone since the plan was read).
 */
export async function buildsOf(
  cell: Cell,
  asked: Asked,
  context: SourceContext,
): Promise<{ kernel: BuildTask; firmware?: BuildTask }> {
  const { sources, patches } = cell.kernel
  const kernel = await identifyKernel(cell.kernel, await sourceIdentity(sources, patches, context))
  const { recipe, sources: pinned } = cell.stack
  const named = { kernel: { kind: 'kernel' as const, id: kernel.id, name: kernel.name, kernel: cell.kernel, ...asked } }
  if (recipe === undefined) return named
  const { id, name } = await identifyFirmware(await readStack(recipe, pinned), context)
  return { ...named, firmware: { kind: 'firmware', id, name, recipe, ...(pinned && { sources: pinned }), ...asked } }
}
