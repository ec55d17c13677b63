import type { Cell } from '../cell.ts'
import { axes } from './axes.ts'

/**
 * Which cells take turns: those that differ by their kernel alone.
 * @returns of each such cell, by its place in the list, the place of the first that it takes turns with, which may be itself;
 *   nothing of a cell that has no other
 */
export function turnsOf(cells: readonly Pick<Cell, 'axes'>[]): Map<number, number> {
  const rows = new Map<string, number[]>()
  for (const [index, cell] of cells.entries()) {
    const key = JSON.stringify(axes.filter((axis) => axis !== 'kernel').map((axis) => cell.axes[axis]))
    rows.set(key, [...(rows.get(key) ?? []), index])
  }
  return new Map(
    [...rows.values()].filter((row) => row.length > 1).flatMap((row) => row.map((index) => [index, row[0]!])),
  )
}
