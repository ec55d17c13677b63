import { SourcePinner } from '../builds/pin-sources.ts'
import type { SourceContext } from '../builds/source/source.ts'
import type { Cell } from '../domain/cell.ts'
import { setCells, type StoredCell } from '../store/cells.ts'
import type { Deps } from './registry.ts'

/**
 * Resolves what moves in the sources of a run's kernels and firmware, each location once, and writes down what it is
 * now: all of the run's cells are built from that, also those whose turn comes when the branch has moved on. Done again
 * it changes nothing, for what is resolved does not move.
 * @returns the cells with these sources
 * @throws LabError SourceMissing, retryable when whoever knows what a location is cannot be reached
 */
export async function pinSources<Stored extends StoredCell>(
  deps: Deps,
  run: number,
  cells: readonly Stored[],
  context: SourceContext,
): Promise<Stored[]> {
  const pinner = new SourcePinner(context)
  const pinned: Stored[] = []
  const moved = new Map<number, Cell>()
  for (const stored of cells) {
    const cell = await pinner.pin(stored.cell)
    if (cell !== stored.cell) moved.set(stored.number, cell)
    pinned.push({ ...stored, cell })
  }
  await setCells(deps.store, run, moved)
  return pinned
}
