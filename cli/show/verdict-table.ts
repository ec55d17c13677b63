import type { Finding } from '../../domain/finding.ts'
import type { CellDetail } from '../../store/details.ts'
import type { Run } from '../../store/runs.ts'
import type { Context } from '../context.ts'
import { paintOutcome, paintVerdict } from './paint.ts'
import { table } from './table.ts'

type Paint = Context['paint']

/** More findings than this make a table that fits no mail; then they are its rows. */
const mostColumns = 8

/** The verdict of each cell and the outcome of each finding that the plan expects something of in any cell. */
export function verdictTable(run: Pick<Run, 'state'>, cells: CellDetail[], paint: Paint): string {
  const ids = [...new Set(cells.flatMap(({ cell }) => cell.expectations.flatMap((e) => e.findings.map((f) => f.id))))]
  return ids.length <= mostColumns ? cellsAsRows(run, cells, ids, paint) : findingsAsRows(run, cells, ids, paint)
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
  return table([['', 'cell', 'verdict', ...ids].map((name) => paint.dim(name)), ...rows])
}

/** Findings that came out alike in all cells are named in one line: what differs is what is looked for. */
function findingsAsRows(run: Pick<Run, 'state'>, cells: CellDetail[], ids: string[], paint: Paint): string {
  const alike = Map.groupBy(ids, (id) => {
    const outcomes = new Set(cells.map((cell) => outcomeOf(cell, id, paint)))
    return outcomes.size === 1 ? [...outcomes][0] : undefined
  })
  const differ = alike.get(undefined) ?? []
  alike.delete(undefined)
  const head = ['', ...cells.map((cell) => paint.dim(nameOf(cell)[0]))]
  const rows = differ.map((id) => [id, ...cells.map((cell) => outcomeOf(cell, id, paint))])
  return [
    table(cells.map((cell) => [...nameOf(cell), verdictOf(run, cell, paint)])),
    ...(differ.length > 0 ? ['', table([head, ...rows])] : []),
    ...(alike.size > 0 ? [''] : []),
    ...[...alike].map(([outcome, same]) => `${outcome} in all: ${same.join(', ')}`),
  ].join('\n')
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
