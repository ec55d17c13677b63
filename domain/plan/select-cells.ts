import type { Cell } from '../cell.ts'
import { axes, matcher, type Axis, type Selector } from './axes.ts'

/** The cells of a plan that a selector means, and the first value in it that no cell has. */
export interface Selected {
  cells: Cell[]
  unknown?: { axis: Axis; value: string; sentence: string }
}

/**
 * @param cells all of a plan. Its matrix does not tell which values there are: `include` brings some of its own.
 */
export function selectCells(cells: readonly Cell[], selector: Selector): Selected {
  const isMeant = matcher(selector)
  const chosen = cells.filter((cell) => isMeant(cell.axes as never))
  for (const axis of axes) {
    if (selector[axis] === undefined) continue
    const values = [...new Set(cells.map((cell) => cell.axes[axis] ?? ''))]
    const value = selector[axis].find((one) => !values.includes(one))
    if (value === undefined) continue
    const sentence = `"${value}" is no ${axis} of this plan; there is ${values.join(', ')}`
    return { cells: chosen, unknown: { axis, value, sentence } }
  }
  return { cells: chosen }
}
