import type { Verdict } from '../domain/verdict/verdict.ts'
import { summariseRun } from '../domain/verdict/summarise-run.ts'
import { searchSummary } from '../reading/search-summary.ts'
import type { Build } from '../store/builds.ts'
import type { StoredCell } from '../store/cells.ts'
import { runCells, runDetail } from '../store/details.ts'
import { endRun } from '../store/runs.ts'
import type { RunResult } from '../workflows/contracts.ts'
import { dropBuilds } from './await-build.ts'
import { dropOutline } from './kept-outline.ts'
import type { Deps } from './deps.ts'
import type { RunEnd } from '../workflows/contracts.ts'

/** Closes a run with its summary: what `hyplab run` says last and exits with. One that was closed before stays so. */
export async function finishRun(deps: Deps, end: RunEnd): Promise<RunResult> {
  const { run, cells, builds } = await runCells(deps.store, end.run)
  const failedBuilds = builds.filter((build) => build.outcome === 'failed').length
  const judged = cells.flatMap((cell) => (cell.verdict ? [cell.verdict] : []))
  const notRun = cells.flatMap((cell) => (cell.notRun && !cell.verdict ? [cell.notRun] : []))
  const { exitCode, sentence } =
    (run.options?.search && searchSummary(await runDetail(deps.store, end.run), end.state)) ??
    summariseRun(judged, { cells: cells.length, failedBuilds, notRun, ...end })
  if (end.lab !== undefined) await dropBuilds(deps, end.lab, end.run, unmade(cells, builds))
  await endRun(deps.store, end.run, { state: end.state, ended: Date.now(), exitCode, summary: sentence })
  await dropOutline(deps.folders.state, end.run)
  const verdicts: Partial<Record<Verdict, number>> = {}
  for (const { verdict } of judged) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
  return { verdicts, failedBuilds }
}

/** The builds of cells of which nobody knows yet what came of them. */
function unmade(cells: readonly StoredCell[], builds: readonly Build[]): string[] {
  const named = new Set(cells.flatMap((cell) => [cell.kernelBuild, cell.firmwareBuild]).filter((id) => id !== null))
  for (const { id } of builds) named.delete(id)
  return [...named]
}
