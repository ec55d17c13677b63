import { stepOf } from '../domain/search/step.ts'
import { summariseRun, type RunSummary } from '../domain/verdict/summarise-run.ts'
import type { RunDetail } from '../store/details.ts'
import { triedOf } from './search-tried.ts'

/** What a run came to: its verdicts, or what it looked for. */
export function summaryOf(
  { run, cells, builds }: RunDetail,
  end: { state: 'finished' | 'cancelled' | 'failed'; reason: string },
): RunSummary {
  const search = end.state === 'finished' ? run.options?.search : undefined
  if (search) {
    const step = stepOf(search, triedOf(search, cells))
    if (step.is === 'over') return step
    // Its attempts were judged again, by newer probes.
    return { exitCode: 1, sentence: `Open: ${step.sentence || `nothing says how ${search.finding} came out`}.` }
  }
  const failedBuilds = builds.filter((build) => build.outcome === 'failed').length
  const judged = cells.flatMap((cell) => (cell.verdict ? [cell.verdict] : []))
  return summariseRun(judged, { cells: cells.length, failedBuilds, ...end })
}
