import { axes, type Axis } from '../plan/axes.ts'
import type { ReportCell } from '../report/report.ts'
import type { CellPair } from './compare-cells.ts'

/** Cells side by side, and those that have nothing to stand beside. */
export interface Pairs {
  pairs: CellPair[]
  onlyBase: ReportCell[]
  onlySeries: ReportCell[]
  /** The axes by which the two sides differ, with the value of each; empty where they are the same cells. */
  differ: { axis: Axis; base: string; series: string }[]
}

/**
 * Puts the cells of two runs side by side: those that are the same on all axes, but for an axis on which each run has just
 * one value.
 */
export function pairRuns(base: readonly ReportCell[], series: readonly ReportCell[]): Pairs {
  const differ = axes.flatMap((axis) => {
    const [one, other] = [valuesOf(base, axis), valuesOf(series, axis)]
    const [before, after] = [one[0], other[0]]
    if (one.length !== 1 || other.length !== 1 || before === after) return []
    return [{ axis, base: before!, series: after! }]
  })
  return { ...pair(base, series, new Set(differ.map(({ axis }) => axis))), differ }
}

/** Puts the cells of one run side by side that differ by the value of one axis alone. */
export function pairValues(cells: readonly ReportCell[], axis: Axis, base: string, series: string): Pairs {
  const withValue = (value: string) => cells.filter((cell) => cell.axes[axis] === value)
  return { ...pair(withValue(base), withValue(series), new Set([axis])), differ: [{ axis, base, series }] }
}

/** The values that some cells have on an axis, each once, in their order. */
export function valuesOf(cells: readonly ReportCell[], axis: Axis): string[] {
  return [...new Set(cells.map((cell) => cell.axes[axis] ?? ''))]
}

function pair(
  base: readonly ReportCell[],
  series: readonly ReportCell[],
  but: ReadonlySet<Axis>,
): Omit<Pairs, 'differ'> {
  const nameOf = (cell: ReportCell): string =>
    axes.flatMap((axis) => (but.has(axis) ? [] : [cell.axes[axis] ?? ''])).join('/')
  const others = new Map(series.map((cell) => [nameOf(cell), cell]))
  const pairs = base.flatMap((cell): CellPair[] => {
    const name = nameOf(cell)
    const other = others.get(name)
    return other ? [{ name, base: cell, series: other }] : []
  })
  const paired = new Set(pairs.flatMap((each) => [each.base, each.series]))
  return {
    pairs,
    onlyBase: base.filter((cell) => !paired.has(cell)),
    onlySeries: series.filter((cell) => !paired.has(cell)),
  }
}
