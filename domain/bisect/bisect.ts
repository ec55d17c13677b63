import { posteriorOf, ratesAtEnds, ratesOf, type Observation, type Rates } from './posterior.ts'

/** A range of versions in which a failure came. */
export interface Range {
  /** The last version's number; the first is 0 and good, the last is bad. */
  last: number
  /** How sure one wants to be, e.g. 0.99. */
  confidence: number
  /** Attempts at each end before the middle is tried: from them it is known how often attempts deceive. */
  atEnds: number
}

/** How far a bisection has come. */
export type BisectState =
  /** These versions are to be tried next, all at once if there are places for them; one may be named more than once. */
  | { is: 'open'; next: number[]; culprits: Culprit[] }
  /** One version is the first bad one; more than one where those between could not be tried. */
  | { is: 'found'; culprits: number[]; probability: number; attempts: number }
  /** The ends do not differ as they should, so that there is nothing to look for. */
  | { is: 'no difference'; rates: Rates }

export interface Culprit {
  version: number
  probability: number
}

/**
 * What a bisection knows and what it tries next: a pure function of what was seen, so that one that was killed goes on where
 * it was. It tries the version whose outcome tells most (the largest expected loss of entropy), as often as it takes: an
 * attempt that may deceive is repeated where that pays, and nowhere else.
 * @param parallel places that can try versions at once
 */
export function bisect(observations: readonly Observation[], range: Range, parallel = 1): BisectState {
  const { last, confidence, atEnds } = range
  const ends = endsToTry(observations, last, atEnds)
  if (ends.length > 0) return { is: 'open', next: ends.slice(0, Math.max(1, parallel)), culprits: [] }
  const posterior = posteriorOf(observations, last)
  const rates = ratesOf(observations, last)
  const { differ, ...atTheEnds } = ratesAtEnds(observations, last)
  if (!differ) {
    // Before one gives up the ends are looked at for longer.
    const more = endsToTry(observations, last, mostAtEnds * atEnds)
    if (more.length === 0) return { is: 'no difference', rates: atTheEnds }
    return { is: 'open', next: more.slice(0, Math.max(1, parallel)), culprits: [] }
  }
  const skipped = new Set(observations.flatMap((each) => ('skipped' in each ? [each.version] : [])))
  const best = groupsOf(posterior, skipped).toSorted((a, b) => b.probability - a.probability)[0]!
  if (best.probability >= confidence)
    return { is: 'found', culprits: best.versions, probability: best.probability, attempts: attemptsOf(observations) }
  const next = mostTelling(posterior, skipped, rates, parallel)
  const culprits = posterior
    .map((probability, version) => ({ version, probability }))
    .filter(({ probability }) => probability > 0.01)
    .toSorted((a, b) => b.probability - a.probability)
  return { is: 'open', next, culprits }
}

/** The ends that have been tried less often than they should be, by turns. */
function endsToTry(observations: readonly Observation[], last: number, wanted: number): number[] {
  const missing = [0, last].map((end) => {
    const seen = observations.filter((each) => 'fails' in each && each.version === end).length
    return Array.from({ length: Math.max(0, wanted - seen) }, () => end)
  })
  const [first, second] = missing as [number[], number[]]
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [
    ...first.slice(index, index + 1),
    ...second.slice(index, index + 1),
  ]).flat()
}

/** Ends that do not seem to differ are tried so many times as often before one gives up. */
const mostAtEnds = 20

function attemptsOf(observations: readonly Observation[]): number {
  return observations.filter((each) => 'fails' in each).length
}

/** Versions that no attempt can tell apart: those that cannot be tried, and the first behind them that can. */
function groupsOf(
  posterior: readonly number[],
  skipped: ReadonlySet<number>,
): { versions: number[]; probability: number }[] {
  const groups: { versions: number[]; probability: number }[] = []
  let open: number[] = []
  for (let version = 1; version < posterior.length; version++) {
    open.push(version)
    if (skipped.has(version) && version < posterior.length - 1) continue
    groups.push({ versions: open, probability: open.reduce((sum, each) => sum + posterior[each]!, 0) })
    open = []
  }
  return groups
}

/** The version whose outcome tells most of the culprit; with several places others around it, too. */
function mostTelling(
  posterior: readonly number[],
  skipped: ReadonlySet<number>,
  rates: readonly Rates[],
  parallel: number,
): number[] {
  const worth = informationOf(posterior, rates)
  const usable = worth.flatMap((bits, version) => (skipped.has(version) ? [] : [{ version, bits }]))
  const best = usable.reduce((most, each) => (each.bits > most.bits ? each : most))
  return [
    best.version,
    ...Array.from({ length: Math.max(0, parallel - 1) }, (_, place) =>
      quantile(posterior, (place + 1.5) / parallel, skipped),
    ),
  ]
}

/**
 * The bits that an attempt at each version tells of the culprit: the entropy of its outcome without what is left of it when
 * the culprit is known. Each culprit has rates of its own, so that an attempt at an end is worth something, too, as long as
 * it is not known how often attempts deceive.
 */
function informationOf(posterior: readonly number[], rates: readonly Rates[]): number[] {
  const sum = (of: (rates: Rates) => number) =>
    posterior.reduce((total, each, culprit) => total + each * of(rates[culprit]!), 0)
  // Of version 0 all that is not the culprit yet lies behind it: every attempt there is one of a good version.
  let fails = sum(({ good }) => good)
  let left = sum(({ good }) => entropy(good))
  return posterior.map((probability, version) => {
    const { good, bad } = rates[version]!
    fails += probability * (bad - good)
    left += probability * (entropy(bad) - entropy(good))
    return entropy(fails) - left
  })
}

function entropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p)
}

/** The version up to which the culprit lies with a probability, or the next that can be tried. */
function quantile(posterior: readonly number[], probability: number, skipped: ReadonlySet<number>): number {
  let sum = 0
  const found = posterior.findIndex((each, version) => (sum += each) >= probability && !skipped.has(version))
  return found < 0 ? posterior.length - 1 : found
}
