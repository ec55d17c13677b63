import { stripVTControlCharacters } from 'node:util'
import type { Finding } from '../../domain/finding.ts'
import type { CellDetail } from '../../store/details.ts'
import type { Run } from '../../store/runs.ts'
import type { Context } from '../context.ts'
import { paintOutcome, paintVerdict } from './paint.ts'
import { table } from './table.ts'
import { wrapCell } from './wrap-cell.ts'

type Paint = Context['paint']

/** More findings than this make a table that fits no mail; then they are its rows. */
const mostColumns = 8

/**
 * The verdict of each cell and the outcome of each finding that the plan expects something of in any cell.
 * @param room columns of the terminal; where the cells' rows would be wider, findings are the rows
 */
export function verdictTable(
  run: Pick<Run, 'state'>,
  cells: CellDetail[],
  paint: Paint,
  room: number = process.stdout.columns ?? Infinity,
): string {
  const ids = [...new Set(cells.flatMap(({ cell }) => cell.expectations.flatMap((e) => e.findings.map((f) => f.id))))]
  const rows = cellsAsRows(run, cells, ids, paint)
  const isWide = widthOf(rows) > room
  return ids.length <= mostColumns && !isWide ? rows : findingsAsRows(run, cells, ids, paint, room)
}

/** The findings of a cell's newest attempt that has any. */
export function lastFindings(cell: CellDetail): Finding[] {
  return cell.attempts.findLast(({ end }) => end !== null && end.findings.length > 0)?.end?.findings ?? []
}

function cellsAsRows(run: Pick<Run, 'state'>, cells: CellDetail[], ids: string[], paint: Paint): string {
  const rows = cells.map((cell) => [
    ...nameOf(cell),
    verdictOf(run, cell, paint),
    ...ids.map((id) => outcomeOf(cell, id, paint)),
  ])
  return table([['', 'cell', 'verdict', ...ids].map((name) => paint.dim(name)), ...rows], Infinity)
}

/** Findings that came out alike in all cells are named in one line: what differs is what is looked for. */
function findingsAsRows(
  run: Pick<Run, 'state'>,
  cells: CellDetail[],
  ids: string[],
  paint: Paint,
  room: number,
): string {
  const alike = Map.groupBy(ids, (id) => {
    const outcomes = new Set(cells.map((cell) => outcomeOf(cell, id, paint)))
    return outcomes.size === 1 ? [...outcomes][0] : undefined
  })
  const differ = alike.get(undefined) ?? []
  alike.delete(undefined)
  const of = (some: CellDetail[]): string =>
    table(
      [
        ['', ...some.map((cell) => paint.dim(nameOf(cell)[0]))],
        ...differ.map((id) => [id, ...some.map((cell) => outcomeOf(cell, id, paint))]),
      ],
      Infinity,
    )
  return [
    table(
      cells.map((cell) => [...nameOf(cell), verdictOf(run, cell, paint)]),
      room,
    ),
    ...(differ.length > 0 ? besideEachOther(cells, of, room).flatMap((text) => ['', text]) : []),
    ...(alike.size > 0 ? [''] : []),
    ...[...alike].flatMap(([outcome, same]) => wrapCell(`${outcome} in all: ${same.join(', ')}`, room)),
  ].join('\n')
}

/** Tables of as many cells as have room beside each other, and of one at least. */
function besideEachOther(cells: CellDetail[], of: (some: CellDetail[]) => string, room: number): string[] {
  const tables: string[] = []
  for (let from = 0; from < cells.length;) {
    let to = cells.length
    while (to > from + 1 && widthOf(of(cells.slice(from, to))) > room) to--
    tables.push(of(cells.slice(from, to)))
    from = to
  }
  return tables
}

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length))
}

function nameOf({ run, number, cell }: CellDetail): [number: string, id: string] {
  return [`${run}.${number}`, cell.id]
}

function verdictOf({ state }: Pick<Run, 'state'>, { verdict, notRun }: CellDetail, paint: Paint): string {
  if (verdict) return paintVerdict(verdict.verdict, paint)
  if (notRun && state !== 'running') return 'not run'
  return state === 'running' ? 'open' : 'not judged'
}

function outcomeOf(cell: CellDetail, id: string, paint: Paint): string {
  const found = lastFindings(cell).find((finding) => finding.id === id)
  return found ? paintOutcome(found.outcome, paint) : '-'
}
