import { sameRate } from './fisher.ts'
import { rateOf, type Rate } from './rate.ts'
import { origins, type Origin, type Sample } from './sample.ts'

/** A place, host or build that the failures of a flake keep to: there its rate is another than everywhere else. */
export interface Follows {
  origin: Origin
  name: string
  there: Rate
  elsewhere: Rate
  /** How probable so large a difference is by chance, times the number of those that were compared. */
  chance: number
}

/** A difference that chance makes more often than this is not told. */
export const mostChance = 0.01

/**
 * What failures keep to: for each place, host and build that attempts differ in, Fisher's exact test of the failure
 * rate there against that elsewhere, held to 1 % for all of them together (Bonferroni). Between two places of 30
 * attempts each it finds a flake of 50 % that only one of them has in 99 of 100 cases, one of 30 % in 71, and blames
 * either of them for one that both have in fewer than 3 of 1,000. Among four places of 15 attempts each, two on each of
 * two hosts, it blames the host first for a flake of 50 % that only the places of one host have in 95 of 100 cases. A
 * host with one place is that place, and it is the place that is told.
 * @param said the attempts in which the finding passed or failed
 * @param failures those of them in which it failed
 */
export function follows(said: readonly Sample[], failures: readonly Sample[]): Follows[] {
  const failed = new Set(failures)
  const all = origins.flatMap((origin) => {
    const byName = Map.groupBy(said, ({ made }) => made[origin])
    byName.delete(undefined)
    return byName.size < 2 ? [] : [...byName].map(([name, samples]) => ({ origin, name: name!, samples }))
  })
  const places = new Set(all.filter(({ origin }) => origin === 'place').map(({ samples }) => samples.map(idOf).join()))
  const groups = all.filter(({ origin, samples }) => origin !== 'host' || !places.has(samples.map(idOf).join()))
  return groups
    .map(({ origin, name, samples }) => {
      const there = count(samples, failed)
      const elsewhere = { failed: failed.size - there.failed, of: said.length - there.of }
      const chance = Math.min(1, sameRate({ one: there, other: elsewhere }) * groups.length)
      return { origin, name, there: rate(there), elsewhere: rate(elsewhere), chance }
    })
    .filter(({ chance, there, elsewhere }) => chance < mostChance && share(there) > share(elsewhere))
    .toSorted((a, b) => a.chance - b.chance)
}

function idOf({ attempt }: Sample): string {
  return attempt
}

function count(samples: readonly Sample[], failed: ReadonlySet<Sample>): { failed: number; of: number } {
  return { failed: samples.filter((sample) => failed.has(sample)).length, of: samples.length }
}

function rate({ failed, of }: { failed: number; of: number }): Rate {
  return rateOf(failed, of)
}

function share({ happened, of }: Rate): number {
  return of === 0 ? 0 : happened / of
}
