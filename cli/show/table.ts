import { stripVTControlCharacters } from 'node:util'

/** Rows as aligned columns, two spaces apart; colours in cells do not count as width. The last column is never padded. */
export function table(rows: string[][]): string {
  const width = (text: string): number => stripVTControlCharacters(text).length
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell))
  const pad = (cell: string, column: number, row: string[]): string =>
    column === row.length - 1 ? cell : cell + ' '.repeat(widths[column]! - width(cell))
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, column, row))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
