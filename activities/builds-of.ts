import { identifyFirmware } from '../builds/firmware/identify.ts'
import { readStack } from '../builds/firmware/recipe.ts'
import type { InputFiles } from '../builds/input-files.ts'
import { identifyKernel } from '../builds/kernel/identify.ts'
import { sourceIdentity } from '../builds/source/obtain.ts'
import type { SourceContext } from '../builds/source/source.ts'
import type { Cell } from '../domain/cell.ts'
import type { BuildTask } from '../workflows/contracts.ts'
import { filesAsFrozen } from './frozen-files.ts'
import type { Deps } from './registry.ts'

/** Who asks for the builds, and where the sources that their plan does not pin are recorded. */
type Asked = Pick<BuildTask, 'run' | 'lab' | 'lockFile'>

/**
 * The builds of a cell, no firmware where it takes what is installed, named by the hash of their inputs: as these are frozen, else as they are now.
 * @throws LabError SourceMissing, BadInput (a fragment, patch or recipe that cannot be read).
 */
export async function buildsOf(
  deps: Pick<Deps, 'store'>,
  cell: Cell,
  asked: Asked,
  context: SourceContext,
): Promise<{ kernel: BuildTask; firmware?: BuildTask }> {
  const { sources, patches } = cell.kernel
  const files = await filesOf(deps, cell.kernel)
  const source = await sourceIdentity(sources, patches, { ...context, files })
  const kernel = await identifyKernel(cell.kernel, source, files)
  const { recipe, sources: pinned, frozen } = cell.stack
  const named = { kernel: { kind: 'kernel' as const, id: kernel.id, name: kernel.name, kernel: cell.kernel, ...asked } }
  if (recipe === undefined) return named
  const ofStack = await filesOf(deps, cell.stack)
  const { id, name } = await identifyFirmware(await readStack(recipe, pinned, ofStack), { ...context, files: ofStack })
  const still = { ...(pinned && { sources: pinned }), ...(frozen !== undefined && { frozen }) }
  return { ...named, firmware: { kind: 'firmware', id, name, recipe, ...still, ...asked } }
}

/** To be read, for a name; nothing is written for other programs. */
async function filesOf({ store }: Pick<Deps, 'store'>, { frozen }: { frozen?: string }): Promise<InputFiles> {
  return await filesAsFrozen(store, frozen, '/nowhere')
}
