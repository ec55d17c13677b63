import { readRecipeFiles } from '../builds/firmware/recipe-files.ts'
import { readStack } from '../builds/firmware/recipe.ts'
import { RecordedFiles, type InputFiles } from '../builds/input-files.ts'
import { requestedConfig } from '../builds/kernel/requested-config.ts'
import { SourcePinner } from '../builds/pin-sources.ts'
import { patchHashes } from '../builds/source/patches.ts'
import type { SourceContext } from '../builds/source/source.ts'
import type { Cell } from '../domain/cell.ts'
import { putArtifact } from '../store/artifacts.ts'
import { freezeCells, type StoredCell } from '../store/cells.ts'
import type { Deps } from './registry.ts'

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
  const reader = new InputReader(files)
  for (const { cell } of cells) await reader.read(cell)
  const bundle = await putArtifact(deps.store, Buffer.from(await files.bundle()))
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

/** Reads all files of cells, those that many have in common once. */
class InputReader {
  readonly #files: InputFiles
  readonly #done = new Set<string>()

  constructor(files: InputFiles) {
    this.#files = files
  }

  async read({ kernel, stack: { recipe } }: Cell): Promise<void> {
    const { patches, fragments } = kernel
    await this.#once(['kernel', ...patches, '', ...fragments], async () => {
      await patchHashes(patches, this.#files)
      await requestedConfig({ fragments, symbols: {} }, this.#files)
    })
    if (recipe === undefined) return
    await this.#once(['recipe', recipe], async () =>
      readRecipeFiles(await readStack(recipe, {}, this.#files), this.#files),
    )
  }

  async #once(key: string[], work: () => Promise<void>): Promise<void> {
    const text = JSON.stringify(key)
    if (this.#done.has(text)) return
    await work()
    this.#done.add(text)
  }
}
