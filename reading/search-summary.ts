import { stepOf } from '../domain/search/step.ts'
import type { RunSummary } from '../domain/verdict/summarise-run.ts'
import type { RunDetail } from '../store/details.ts'
import { triedOf } from './search-tried.ts'

/**
 * What a run that looks for something came to.
 * @returns undefined for one that looks for nothing, or that did not come to its end
 */
export function searchSummary({ run, cells }: RunDetail, state: string): RunSummary | undefined {
  const search = run.options?.search
  if (search === undefined || state !== 'finished') return undefined
  const step = stepOf(search, triedOf(search, cells))
  if (step.is === 'over') return step
  // Its attempts were judged again, by newer probes.
  return { exitCode: 1, sentence: `Open: ${step.sentence || `nothing says how ${search.finding} came out`}.` }
}
