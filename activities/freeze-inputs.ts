import { readRecipeFiles } from '../builds/firmware/recipe-files.ts'
import { readStack } from '../builds/firmware/recipe.ts'
import { RecordedFiles, type InputFiles } from '../builds/input-files.ts'
import { requestedConfig } from '../builds/kernel/requested-config.ts'
import { SourcePinner } from '../builds/pin-sources.ts'
import { readThere } from '../builds/source/read-patches.ts'
import type { SourceContext } from '../builds/source/source.ts'
import type { Cell } from '../domain/cell.ts'
import { saidOf } from '../reading/check-patches.ts'
import { putArtifact } from '../store/artifacts.ts'
import { freezeCells, type StoredCell } from '../store/cells.ts'
import type { Deps } from './deps.ts'

/**
 * Makes the inputs of a run stand still: whatever people do to their files from then on, all of its cells are built from
 * what these are now, also those whose turn comes tomorrow. What moves in the sources of kernels and firmware is resolved,
 * each location once: a branch to its commit, a work tree to a snapshot. Patches, fragments and recipes with their files
 * are read, each once, and kept. Done again it changes nothing, for what is frozen does not move.
 * @returns the cells with these inputs
 * @throws LabError SourceMissing, retryable when whoever knows what a location is cannot be reached; BadInput for a
 *   fragment, a patch, a recipe or a work tree that cannot be taken
 */
export async function freezeInputs<Stored extends StoredCell>(
  deps: Deps,
  run: number,
  cells: readonly Stored[],
  context: SourceContext,
): Promise<Stored[]> {
  if (cells.every(({ cell }) => isFrozen(cell))) return [...cells]
  const files = new RecordedFiles()
  for (const sentence of await readAll(cells, files)) context.say?.(`${sentence}.`)
  const bundle = await putArtifact(deps.store, Buffer.from(files.bundle()))
  const pinner = new SourcePinner({ ...context, files })
  const frozen: Stored[] = []
  for (const stored of cells) {
    const { kernel, stack, ...rest } = await pinner.pin(stored.cell)
    const { sha256 } = bundle
    const still = stack.recipe === undefined ? {} : { frozen: sha256 }
    const cell: Cell = { ...rest, kernel: { ...kernel, frozen: sha256 }, stack: { ...stack, ...still } }
    frozen.push({ ...stored, cell })
  }
  await freezeCells(deps.store, run, new Map(frozen.map(({ number, cell }) => [number, cell])), bundle)
  return frozen
}

function isFrozen({ kernel, stack }: Cell): boolean {
  return kernel.frozen !== undefined && (stack.recipe === undefined || stack.frozen !== undefined)
}

/** Reads all files of cells, those that many have in common once. @returns what of patches is applied, where that is not all */
async function readAll(cells: readonly StoredCell[], files: InputFiles): Promise<Set<string>> {
  const said = new Set<string>()
  const kernels = new Map(
    cells.map(({ cell: { kernel } }) => [JSON.stringify([kernel.patches, kernel.fragments]), kernel]),
  )
  for (const { patches, fragments } of kernels.values()) {
    for (const path of patches) {
      const read = await readThere(path, files)
      // What is wrong with one its build says.
      if ('patches' in read) for (const sentence of saidOf(path, read)) said.add(sentence)
    }
    requestedConfig({ fragments, symbols: {} }, files)
  }
  for (const recipe of new Set(cells.flatMap(({ cell }) => cell.stack.recipe ?? [])))
    readRecipeFiles(await readStack(recipe, {}, files), files)
  return said
}
