import type { CellDetail, RunDetail } from '../../store/details.ts'
import type { Context } from '../context.ts'
import { isOfBuilds, reportBuilds } from './builds-report.ts'
import { causesLines } from './causes.ts'
import { findingLines } from './findings.ts'
import { paintVerdict } from './paint.ts'
import { reportSearch } from './search-report.ts'
import { lastFindings, verdictTable } from './verdict-table.ts'
import { describeFault } from '../../domain/build.ts'

type Paint = Context['paint']

/** A run as text that can be pasted into a mail: the table of verdicts, then for each cell what its verdict rests on. */
export function reportRun(detail: RunDetail, paint: Paint): string {
  const { run, cells, builds } = detail
  if (isOfBuilds(run)) return reportBuilds(detail, paint)
  if (run.options?.search) return reportSearch(run.options.search, detail, paint)
  const failed = builds.filter((build) => build.outcome === 'failed')
  return [
    `run ${run.id}, ${run.plan}: ${run.summary ?? run.state}`,
    '',
    verdictTable(run, cells, paint),
    '',
    ...failed.map((build) => paint.red(`build ${build.name} failed: ${describeFault(build.fault)}`)),
    ...cells.flatMap((cell) => [...cellLines(cell, paint), '']),
    ...hint(cells),
  ].join('\n')
}

/** How to look further, by the example of an attempt that there is. */
function hint(cells: CellDetail[]): string[] {
  const first = cells.flatMap(({ attempts }) => attempts)[0]
  return first ? [`all findings and files: hyplab show ${first.id}; what it said: hyplab logs ${first.id}`] : []
}

function cellLines(cell: CellDetail, paint: Paint): string[] {
  const head = `${cell.run}.${cell.number}  ${cell.cell.id}`
  if (!cell.verdict) return [`${head}: ${cell.notRun ? `not run: ${cell.notRun.sentence}` : 'not judged'}`]
  const lines = [`${head}: ${paintVerdict(cell.verdict.verdict, paint)}: ${cell.verdict.sentence}`]
  // What broke is on the attempts: a cell without counted ones has no findings to show.
  if (cell.verdict.verdict === 'infra')
    for (const { id, end } of cell.attempts)
      lines.push(`  attempt ${id}: ${end ? `${end.ending}: ${end.sentence}` : 'open'}`)
  lines.push(...causesLines(lastFindings(cell), paint, 2))
  for (const { attempt, finding } of cell.verdict.because) {
    const found = cell.attempts.find(({ number }) => number === attempt)?.end?.findings.find(({ id }) => id === finding)
    if (found) lines.push(...findingLines(found, paint, 2))
  }
  return lines
}
