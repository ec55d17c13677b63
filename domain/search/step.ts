import { bisectionStep } from './bisection-step.ts'
import { candidateName } from './candidates.ts'
import { rerunStep } from './rerun-step.ts'
import type { Search, SearchStep } from './search.ts'
import { brokenBy, type Tried } from './tried.ts'

/**
 * What a search does next: a pure function of what was seen, whoever asks and how often.
 * @param tried the candidates of which anything was seen, in any order
 */
export function stepOf(search: Search, tried: readonly Tried[]): SearchStep {
  for (const one of tried) {
    const { attempts } = search.kind === 'bisect' ? search.cell : search.variants[0]!.cell
    const broken = brokenBy(one, attempts.infra)
    if (broken === undefined) continue
    const sentence = `The lab broke, so that ${candidateName(search, one.candidate)} cannot be tried: ${broken}`
    return { is: 'over', exitCode: 3, sentence }
  }
  return search.kind === 'bisect' ? bisectionStep(search, tried) : rerunStep(search, tried)
}
