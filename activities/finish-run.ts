import type { Verdict } from '../domain/verdict/verdict.ts'
import { summariseRun } from '../domain/verdict/summarise-run.ts'
import { searchSummary } from '../reading/search-summary.ts'
import { runDetail } from '../store/details.ts'
import { addEvent } from '../store/events.ts'
import { endRun } from '../store/runs.ts'
import type { RunResult } from '../workflows/contracts.ts'
import type { Deps, RunEnd } from './registry.ts'

/** Closes a run with its summary: what `hyplab run` says last and exits with. One that was closed before stays so. */
export async function finishRun(deps: Deps, end: RunEnd): Promise<RunResult> {
  const detail = await runDetail(deps.store, end.run)
  const { cells, builds } = detail
  const failedBuilds = builds.filter((build) => build.outcome === 'failed').length
  const judged = cells.flatMap((cell) => (cell.verdict ? [cell.verdict] : []))
  const notRun = cells.flatMap((cell) => (cell.notRun && !cell.verdict ? [cell.notRun] : []))
  const { exitCode, sentence } =
    searchSummary(detail, end.state) ?? summariseRun(judged, { cells: cells.length, failedBuilds, notRun, ...end })
  const ended = Date.now()
  const first = await endRun(deps.store, end.run, { state: end.state, ended, exitCode, summary: sentence })
  if (first) {
    const data = { state: end.state, exitCode, sentence }
    await addEvent(deps.store, { run: end.run, time: ended, kind: 'run-ended', data })
  }
  const verdicts: Partial<Record<Verdict, number>> = {}
  for (const { verdict } of judged) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
  return { verdicts, failedBuilds }
}
