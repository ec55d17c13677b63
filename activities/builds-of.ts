import { dirname, join } from 'node:path'
import { BuildNamer } from '../builds/name-builds.ts'
import type { SourceContext } from '../builds/source/source.ts'
import type { Cell } from '../domain/cell.ts'
import { cellOfBuild } from '../store/cells.ts'
import { findRun, type Run } from '../store/runs.ts'
import type { BuildRef, BuildTask } from '../workflows/contracts.ts'
import { filesAsFrozen } from './frozen-files.ts'
import type { Deps } from './deps.ts'

/** Who asks for the builds, and where the sources that their plan does not pin are recorded. */
type Asked = Pick<BuildTask, 'run' | 'lab' | 'lockFile'>

/**
 * The builds of a cell, no firmware where it takes what is installed, named by the hash of their inputs: as these are
 * frozen, else as they are now.
 * @param namer knows what the cells before it share with this one; for a cell alone, one that knows nothing
 * @throws LabError SourceMissing, BadInput (a fragment, patch or recipe that cannot be read).
 */
export async function buildsOf(
  deps: Pick<Deps, 'store'>,
  cell: Cell,
  asked: Asked,
  context: SourceContext,
  namer = frozenNamer(deps, context),
): Promise<{ kernel: BuildTask; firmware?: BuildTask }> {
  const kernel = taskOf(cell, await namer.kernel(cell), asked)
  const firmware = await namer.firmware(cell)
  return { kernel, ...(firmware && { firmware: taskOf(cell, firmware, asked) }) }
}

/** Names builds by their inputs as their run read them. */
export function frozenNamer({ store }: Pick<Deps, 'store'>, context: SourceContext): BuildNamer {
  // To be read, for a name; nothing is written for other programs.
  return new BuildNamer(context, (frozen) => filesAsFrozen(store, frozen, '/nowhere'))
}

/** A build without what it is made of, which the run's cells say. */
export function refTo({ id, name, kind, run, lab }: BuildTask): BuildRef {
  return { id, name, kind, run, lab }
}

/**
 * A build with all that it is made of, as the cells of its run say that name it.
 * @throws LabError BadInput when no cell of the run names it
 */
export async function taskOfRef({ store }: Pick<Deps, 'store'>, ref: BuildRef): Promise<BuildTask> {
  const [run, cell] = [await findRun(store, ref.run), await cellOfBuild(store, ref.run, ref.id)]
  return taskOf(cell, ref, { run: ref.run, lab: ref.lab, lockFile: lockFileOf(run) })
}

/** Where the sources that a run's plan does not pin are recorded: beside the plan. */
export function lockFileOf({ planFile }: Pick<Run, 'planFile'>): string {
  return join(dirname(planFile), 'sources.lock.json')
}

function taskOf(
  { kernel, stack }: Cell,
  { kind, id, name }: Pick<BuildRef, 'kind' | 'id' | 'name'>,
  asked: Asked,
): BuildTask {
  if (kind === 'kernel') return { kind, id, name, kernel, ...asked }
  const { recipe, sources, frozen } = stack
  const still = { ...(sources && { sources }), ...(frozen !== undefined && { frozen }) }
  return { kind, id, name, recipe: recipe!, ...still, ...asked }
}
