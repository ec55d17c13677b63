import { SourceResolver } from '../builds/source/resolve.ts'
import type { SourceContext } from '../builds/source/source.ts'
import type { SourceLocation } from '../domain/cell.ts'
import { isDeepEqual } from '../domain/deep-equal.ts'
import { resolvedInWords } from '../domain/resolved-source.ts'
import { setCellSources, type StoredCell } from '../store/cells.ts'
import type { Deps } from './registry.ts'

/**
 * Resolves what moves in the sources of a run's kernels, each location once, and writes down what it is now: all of the
 * run's cells are built from that, also those whose turn comes when the branch has moved on. Done again it changes nothing,
 * for what is resolved does not move.
 * @returns the cells with these sources
 * @throws LabError SourceMissing, retryable when whoever knows what a location is cannot be reached
 */
export async function pinSources<Cell extends StoredCell>(
  deps: Deps,
  run: number,
  cells: readonly Cell[],
  context: SourceContext,
): Promise<Cell[]> {
  const resolver = new SourceResolver(context)
  const resolved = new Map<number, SourceLocation[]>()
  const told = new Set<string>()
  for (const { number, cell } of cells) {
    const sources = await resolver.resolve(cell.kernel.sources)
    if (isDeepEqual(sources, cell.kernel.sources)) continue
    resolved.set(number, sources)
    for (const words of sources.flatMap((location) => resolvedInWords(location) ?? [])) {
      const sentence = `${cell.kernel.name} is ${words}.`
      if (!told.has(sentence)) context.say?.(sentence)
      told.add(sentence)
    }
  }
  await setCellSources(deps.store, run, resolved)
  return cells.map((stored) => {
    const sources = resolved.get(stored.number)
    return sources ? { ...stored, cell: { ...stored.cell, kernel: { ...stored.cell.kernel, sources } } } : stored
  })
}
