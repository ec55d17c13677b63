import { counts } from '../verdict/counts.ts'
import { follows, type Follows } from './follows.ts'
import { rateOf, type Rate } from './rate.ts'
import { bootFinding, passedIn, type Sample } from './sample.ts'
import { steadinessOf, type Steadiness } from './steady.ts'

/** A finding of a cell that is not the same in all attempts. */
export interface Flake {
  plan: string
  cell: string
  finding: string
  /** How often it failed, of the attempts in which it passed or failed. */
  failed: Rate
  /** What the series came to; absent where it is too short to say. */
  is?: Steadiness
  /** Attempts in which it failed, oldest first: the first and the last seen among them. */
  failures: { attempt: string; at: number }[]
  /** What its failures keep to, if to anything. */
  follows: Follows[]
  /** The finding of the same cell of which this one is a consequence in every attempt in which it failed. */
  because?: string
  /** Other findings that failed in just the same attempts, and are no consequences of this one. */
  together: string[]
}

/**
 * What is not steady, cell by cell: every finding that passed in some attempts and failed in others. Attempts that the lab
 * broke say nothing and are left out. Causes come before their consequences, the most frequent first.
 * @param samples of any plans and cells, in any order
 */
export function flakesOf(samples: readonly Sample[]): Flake[] {
  const counted = samples.filter(({ ending }) => counts(ending)).toSorted((a, b) => a.at - b.at)
  const cells = Map.groupBy(counted, ({ plan, cell }) => JSON.stringify([plan, cell]))
  return [...cells.values()].flatMap((cell) => linked(flaky(cell), cell)).toSorted(byRate)
}

function flaky(samples: readonly Sample[]): Flake[] {
  const ids = [...new Set([bootFinding, ...samples.flatMap(({ findings }) => findings.map(({ id }) => id))])]
  return ids.flatMap((finding) => {
    const said = samples.filter((sample) => passedIn(sample, finding) !== undefined)
    const failures = said.filter((sample) => passedIn(sample, finding) === false)
    if (failures.length === 0 || failures.length === said.length) return []
    const is = steadinessOf(said.map((sample) => passedIn(sample, finding) === true))?.is
    const { plan, cell } = samples[0]!
    return [
      {
        plan,
        cell,
        finding,
        failed: rateOf(failures.length, said.length),
        ...(is && { is }),
        failures: failures.map(({ attempt, at }) => ({ attempt, at })),
        follows: follows(said, failures),
        together: [],
      },
    ]
  })
}

/** Says of each flake of a cell which other one it hangs on, and which fail with it. */
function linked(flakes: Flake[], samples: readonly Sample[]): Flake[] {
  const byAttempt = new Map(samples.map((sample) => [sample.attempt, sample]))
  const because = new Map(flakes.map((flake) => [flake.finding, causeOf(flake, byAttempt)]))
  return flakes.map((flake) => {
    const cause = because.get(flake.finding)
    const same = flakes.filter((other) => other !== flake && sameAttempts(flake, other))
    const together = same
      .filter((other) => because.get(other.finding) === undefined && other.finding !== cause)
      .map(({ finding }) => finding)
    return { ...flake, ...(cause !== undefined && { because: cause }), together }
  })
}

/** The finding that each of its failures named as its cause. It need be no flake itself: where it did not fail it may say nothing. */
function causeOf({ finding, failures }: Flake, samples: Map<string, Sample>): string | undefined {
  const causes = new Set(
    failures.map(({ attempt }) => samples.get(attempt)?.findings.find(({ id }) => id === finding)?.because),
  )
  return causes.size === 1 ? [...causes][0] : undefined
}

function sameAttempts(one: Flake, other: Flake): boolean {
  const attempts = new Set(other.failures.map(({ attempt }) => attempt))
  return one.failures.length === attempts.size && one.failures.every(({ attempt }) => attempts.has(attempt))
}

function byRate(a: Flake, b: Flake): number {
  const share = ({ failed }: Flake) => failed.happened / failed.of
  return (
    Number(a.because !== undefined) - Number(b.because !== undefined) ||
    share(b) - share(a) ||
    `${a.plan} ${a.cell} ${a.finding}`.localeCompare(`${b.plan} ${b.cell} ${b.finding}`)
  )
}
