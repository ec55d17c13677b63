import { stripVTControlCharacters } from 'node:util'
import { wrapCell } from './wrap-cell.ts'

/**
 * Rows as aligned columns, two spaces apart; colours in cells do not count as width. The last column is never padded.
 * @param room columns of the terminal: a cell that is too long goes on below itself. Off a terminal a row is a line.
 */
export function table(rows: string[][], room: number | undefined = process.stdout.columns): string {
  const natural = widest(rows, widthOf)
  const widths = room === undefined ? natural : fitted(rows, natural, room)
  return rows.flatMap((row) => linesOf(row, widths, natural)).join('\n')
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/** For each column the most that `measure` says of a cell of it. */
function widest(rows: string[][], measure: (cell: string) => number): number[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, measure(cell))
  return widths
}

/** Makes the widest column narrower, again and again, until all fit or none can be narrower without parting a word. */
function fitted(rows: string[][], natural: number[], room: number): number[] {
  const least = widest(rows, (cell) => Math.max(...cell.split(' ').map(widthOf)))
  const widths = [...natural]
  const between = 2 * (widths.length - 1)
  for (let over = widths.reduce((sum, width) => sum + width, between) - room; over > 0; over--) {
    const narrower = widths.flatMap((width, column) => (width > least[column]! ? [column] : []))
    const [first, ...others] = narrower
    if (first === undefined) break
    const next = others.reduce((best, column) => (widths[column]! > widths[best]! ? column : best), first)
    widths[next]!--
  }
  return widths
}

/** @param natural what a column takes when nothing of it is wrapped; such a cell is left as it is */
function linesOf(row: string[], widths: number[], natural: number[]): string[] {
  const cells = row.map((cell, column) =>
    widths[column]! < natural[column]! ? wrapCell(cell, widths[column]!) : [cell],
  )
  const height = Math.max(1, ...cells.map((cell) => cell.length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, column) => {
        const text = cell[line] ?? ''
        return column === row.length - 1 ? text : text + ' '.repeat(widths[column]! - widthOf(text))
      })
      .join('  ')
      .trimEnd(),
  )
}
