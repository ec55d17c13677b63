import { axes, type Axis } from '../domain/plan/axes.ts'
import type { ReportCell } from '../domain/report/report.ts'

/** The cells of a run as a table. Each cell is in just one place. */
export interface Matrix {
  /** What is the same in all cells, e.g. `stack optee-sel1`. */
  fixed: [axis: Axis, value: string][]
  /** The axes whose values the rows are named by, and the one of the columns; null where nothing varies beside rows. */
  rowAxes: Axis[]
  columnAxis: Axis | null
  columns: string[]
  rows: { values: string[]; cells: (ReportCell | undefined)[] }[]
}

/** More columns make a table that no page holds. */
const mostColumns = 8

/** Lays cells out by their axes: the one with the fewest values makes the columns, so that the table grows downwards. */
export function matrixOf(cells: readonly ReportCell[]): Matrix {
  const valuesOf = (axis: Axis) => [...new Set(cells.map((cell) => cell.axes[axis] ?? ''))]
  const varying = axes.filter((axis) => valuesOf(axis).length > 1)
  const fixed = axes.flatMap((axis): Matrix['fixed'] => {
    const [value, ...others] = valuesOf(axis)
    return others.length === 0 && value !== undefined && value !== '' ? [[axis, value]] : []
  })
  const columnAxis = columnOf(varying, valuesOf, cells)
  const rowAxes = varying.filter((axis) => axis !== columnAxis)
  const columns = columnAxis === null ? ['verdict'] : valuesOf(columnAxis)
  const byRow = Map.groupBy(cells, (cell) => JSON.stringify(rowAxes.map((axis) => cell.axes[axis] ?? '')))
  const rows = [...byRow].map(([key, own]) => ({
    values: JSON.parse(key) as string[],
    cells:
      columnAxis === null ? own : columns.map((column) => own.find((cell) => (cell.axes[columnAxis] ?? '') === column)),
  }))
  return { fixed, rowAxes, columnAxis, columns, rows }
}

function columnOf(
  varying: readonly Axis[],
  valuesOf: (axis: Axis) => string[],
  cells: readonly ReportCell[],
): Axis | null {
  // Cells that their axes do not tell apart would fall into one place.
  const points = new Set(cells.map((cell) => JSON.stringify(axes.map((axis) => cell.axes[axis] ?? ''))))
  if (varying.length < 2 || points.size < cells.length) return null
  // Of several the last one: modes before configs.
  const [fewest] = varying.toReversed().toSorted((a, b) => valuesOf(a).length - valuesOf(b).length)
  return fewest !== undefined && valuesOf(fewest).length <= mostColumns ? fewest : null
}
