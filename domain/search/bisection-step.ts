import { bisect, type BisectState } from '../bisect/bisect.ts'
import type { Observation } from '../bisect/posterior.ts'
import { counted } from '../counted.ts'
import { percent } from '../flake/rate.ts'
import { candidateCount, candidateName } from './candidates.ts'
import type { Bisection, SearchStep } from './search.ts'
import { toldOf, type Tried } from './tried.ts'

/** One that is not sure after so many attempts never will be: the versions do not differ enough. */
export const mostAttempts = 400

/** So many versions that may have done it are named on the way. */
const mostNamed = 3

/** What a bisection does next, or came to. */
export function bisectionStep(search: Bisection, tried: readonly Tried[]): SearchStep {
  const last = candidateCount(search) - 1
  const name = (version: number) => candidateName(search, version)
  for (const end of [0, last]) {
    const silent = silentAt(tried, end)
    if (silent !== undefined)
      return over(1, `${search.finding} cannot be told at ${name(end)}, an end of the range: ${silent}`)
  }
  const seen = observationsOf(search, tried)
  const state = stateOf(search, seen)
  if (state.is === 'found') return over(0, foundSentence(search, state, seen))
  if (state.is === 'no difference')
    return over(
      1,
      `${search.finding} does not come out otherwise at ${name(last)} (${rate(search, seen, last)}) than at ${name(0)} (${rate(search, seen, 0)}): there is nothing to look for.`,
    )
  const attempts = seen.filter((each) => 'fails' in each).length
  const believed = state.culprits
    .slice(0, mostNamed)
    .map((one) => `${name(one.version)} ${probabilityInWords(one.probability)}`)
  if (attempts >= mostAttempts)
    return over(1, `Not sure after ${attempts} attempts; the likeliest are ${believed.join(', ')}.`)
  const sentence = believed.length === 0 ? '' : `after ${counted(attempts, 'attempt')}: ${believed.join(', ')}`
  // The ends take turns, so that what changes on the place meanwhile is not taken for a difference between them. Attempts
  // of one version have their order: one at a time.
  const ofEnds = believed.length === 0 && search.atOnce === 1
  const candidates = ofEnds ? [attemptsAt(seen, last) < attemptsAt(seen, 0) ? last : 0] : [...new Set(state.next)]
  // As long as the ends are tried, the middle comes after them.
  const afterEnds = [Math.floor(last / 2)].filter((version) => version > 0)
  const likely = believed.length === 0 ? afterEnds : likelyAfter(search, seen, candidates)
  return { is: 'try', candidates, likely, sentence }
}

/** How a bisection stands: for reports and logs. */
export function stateOf(search: Bisection, seen: readonly Observation[]): BisectState {
  const { confidence, atEnds, atOnce } = search
  return bisect(seen, { last: candidateCount(search) - 1, confidence, atEnds }, atOnce)
}

/** Nothing is sure: what is nearly so is told as less than it is. */
export function probabilityInWords(probability: number): string {
  return probability < 0.95 ? percent(probability) : `${Math.min(99.9, Math.floor(probability * 1000) / 10)} %`
}

/** The attempts as a bisection sees them: of one that looks for a fix, what passes is what is new. */
export function observationsOf({ seeks }: Bisection, tried: readonly Tried[]): Observation[] {
  return tried.flatMap((one) => {
    const { failed, of, silent } = toldOf(one)
    const each = Array.from({ length: of }, (_, index) => ({
      version: one.candidate,
      fails: index < failed === (seeks === 'failure'),
    }))
    return silent === undefined ? each : [...each, { version: one.candidate, skipped: true as const }]
  })
}

function silentAt(tried: readonly Tried[], version: number): string | undefined {
  const one = tried.find(({ candidate }) => candidate === version)
  return one && toldOf(one).silent
}

function attemptsAt(seen: readonly Observation[], version: number): number {
  return seen.filter((each) => 'fails' in each && each.version === version).length
}

/** What would be tried next if the attempt at a version came out this way or that; of several at once nobody knows. */
function likelyAfter(search: Bisection, seen: readonly Observation[], candidates: readonly number[]): number[] {
  const [version, another] = candidates
  if (version === undefined || another !== undefined) return []
  const next = [true, false].flatMap((fails) => {
    const state = stateOf(search, [...seen, { version, fails }])
    return state.is === 'open' ? state.next.slice(0, 1) : []
  })
  return [...new Set(next)].filter((one) => one !== version)
}

function foundSentence(
  search: Bisection,
  { culprits, probability, attempts }: Extract<BisectState, { is: 'found' }>,
  seen: readonly Observation[],
): string {
  const { finding, seeks } = search
  const [first, bad] = [culprits[0]!, culprits.at(-1)!]
  const names = culprits.map((version) => candidateName(search, version))
  const sure = `${probabilityInWords(probability)} sure after ${counted(attempts, 'attempt')}`
  const goes = seeks === 'failure' ? 'fails' : 'passes'
  const side = (of: (version: number) => boolean) => share(search, seen, of)
  const shares = `${side((version) => version < first)} failed before, ${side((version) => version >= bad)} since`
  if (names.length === 1) return `${finding} ${goes} since ${names[0]} (${sure}): ${shares}.`
  const between = `${counted(names.length - 1, 'of them', 'of them')} cannot be tried`
  return `${finding} ${goes} since one of ${names.join(', ')} (${sure}; ${between}): ${shares}.`
}

/** How often the finding itself failed at some versions. */
function share({ seeks }: Bisection, seen: readonly Observation[], of: (version: number) => boolean): string {
  const those = seen.flatMap((each) => ('fails' in each && of(each.version) ? [each.fails] : []))
  return `${those.filter((fails) => fails === (seeks === 'failure')).length} of ${those.length}`
}

function rate(search: Bisection, seen: readonly Observation[], at: number): string {
  return `${share(search, seen, (version) => version === at)} failed`
}

function over(exitCode: 0 | 1 | 3, sentence: string): SearchStep {
  return { is: 'over', exitCode, sentence }
}
