import { describe, expect, it } from 'vitest'
import type { Ending } from '../../../domain/attempt.ts'
import type { Outcome } from '../../../domain/finding.ts'
import { logGamma } from '../../../domain/flake/beta.ts'
import { flakesOf } from '../../../domain/flake/flakes-of.ts'
import { follows } from '../../../domain/flake/follows.ts'
import type { Sample } from '../../../domain/flake/sample.ts'

type Findings = Record<string, Outcome | [Outcome, because: string]>

let attempts = 0
function sample(findings: Findings, made: Sample['made'] = {}, ending: Ending = 'finished'): Sample {
  attempts++
  return {
    attempt: `${attempts}.1.1`,
    plan: 'p',
    cell: 'k/c/s/m/t',
    at: attempts,
    ending,
    made,
    findings: Object.entries(findings).map(([id, said]) =>
      typeof said === 'string' ? { id, outcome: said } : { id, outcome: said[0], because: said[1] },
    ),
  }
}
const times = (count: number, one: () => Sample) => Array.from({ length: count }, one)

describe('flakes', () => {
  it('are the findings that pass and fail, with how often and where first and last', () => {
    const samples = [
      ...times(8, () => sample({ 'ffa.usable': 'pass', 'ima.tpm': 'fail' })),
      sample({ 'ffa.usable': 'fail', 'ima.tpm': 'fail' }),
      ...times(5, () => sample({ 'ffa.usable': 'unknown', 'ima.tpm': 'fail' })),
      sample({ 'ffa.usable': 'fail', 'ima.tpm': 'fail' }),
    ]
    const [flake, ...others] = flakesOf(samples)
    expect(others).toEqual([])
    expect(flake).toMatchObject({ cell: 'k/c/s/m/t', finding: 'ffa.usable', failed: { happened: 2, of: 10 } })
    expect(flake!.failures.map(({ attempt }) => attempt)).toEqual([samples[8]!.attempt, samples[14]!.attempt])
  })

  it('do not count what the lab broke, and count boots that do not come to their end', () => {
    const samples = [
      ...times(4, () => sample({ 'ffa.usable': 'pass' })),
      sample({ 'ffa.usable': 'fail' }, {}, 'infra'),
      sample({ 'ffa.usable': 'unknown' }, {}, 'hung'),
    ]
    expect(flakesOf(samples)).toMatchObject([{ finding: 'boot.end', failed: { happened: 1, of: 5 } }])
  })

  it('hang below their cause, and name what fails together', () => {
    const broken: Findings = { 'a.cause': 'fail', 'b.effect': ['fail', 'a.cause'], 'c.other': 'fail', 'd.own': 'pass' }
    const fine: Findings = { 'a.cause': 'pass', 'b.effect': 'pass', 'c.other': 'pass', 'd.own': 'pass' }
    const flakes = flakesOf([
      ...times(5, () => sample(fine)),
      sample(broken),
      sample({ ...fine, 'd.own': 'fail' }),
      sample(broken),
    ])
    expect(flakes.map(({ finding, because, together }) => [finding, because, together])).toEqual([
      ['a.cause', undefined, ['c.other']],
      ['c.other', undefined, ['a.cause']],
      ['d.own', undefined, []],
      ['b.effect', 'a.cause', ['c.other']],
    ])
  })

  it('hang below a cause that says nothing where it does not fail', () => {
    const flakes = flakesOf([
      ...times(5, () => sample({ 'order.x': 'skip', 'ffa.usable': 'pass', 'optee.driver': 'pass' })),
      sample({ 'order.x': 'fail', 'ffa.usable': ['fail', 'order.x'], 'optee.driver': ['fail', 'order.x'] }),
    ])
    expect(flakes.map(({ finding, because, together }) => [finding, because, together])).toEqual([
      ['ffa.usable', 'order.x', []],
      ['optee.driver', 'order.x', []],
    ])
  })

  it('are those of one cell each: two cells that differ are no flake', () => {
    const one = times(5, () => sample({ 'ffa.usable': 'pass' }))
    const other = times(5, () => ({ ...sample({ 'ffa.usable': 'fail' }), cell: 'k/c/s/m/other' }))
    expect(flakesOf([...one, ...other])).toEqual([])
  })
})

describe('a flake', () => {
  /** Attempts by turns on two places, of which some fail on each. */
  function onTwoPlaces(each: number, failing: number, failingElsewhere: number): Sample[] {
    const on = (place: string, fails: number) =>
      times(each, () => sample({}, { place })).map((one, index) => ({
        ...one,
        findings: [{ id: 'ffa.usable', outcome: index < fails ? ('fail' as const) : ('pass' as const) }],
      }))
    return [...on('lab/rock-1', failing), ...on('lab/rock-2', failingElsewhere)]
  }
  function blamed(each: number, failing: number, failingElsewhere: number): string | undefined {
    const said = onTwoPlaces(each, failing, failingElsewhere)
    const failures = said.filter(({ findings }) => findings[0]!.outcome === 'fail')
    return follows(said, failures)[0]?.name
  }

  it('that keeps to a place is the place’s', () => {
    expect(flakesOf(onTwoPlaces(30, 15, 0))).toMatchObject([
      {
        finding: 'ffa.usable',
        follows: [
          { origin: 'place', name: 'lab/rock-1', there: { happened: 15, of: 30 }, elsewhere: { happened: 0, of: 30 } },
        ],
      },
    ])
    expect(flakesOf(onTwoPlaces(30, 5, 3))).toMatchObject([{ follows: [] }])
  })

  it.each([
    [0.5, 0, 0.99, 1],
    [0.3, 0, 0.71, 0.73],
    [0.3, 0.3, 0, 0.003],
    [0.1, 0.1, 0, 0.003],
  ])(
    'of %d on one place of 30 attempts, %d on the other, is told with the stated power',
    (here, there, least, most) => {
      let power = 0
      for (let one = 0; one <= 30; one++)
        for (let other = 0; other <= 30; other++) {
          const probability = binomial(one, here) * binomial(other, there)
          // What is so improbable adds nothing that shows.
          if (probability > 1e-7 && blamed(30, one, other) !== undefined) power += probability
        }
      expect(power).toBeGreaterThanOrEqual(least)
      expect(power).toBeLessThanOrEqual(most)
    },
  )

  /** Attempts on four places of two hosts, 15 on each place; some fail on the two of the first host. */
  function onTwoHosts(failing: [number, number]): Sample[] {
    return [0, 1, 2, 3].flatMap((place) =>
      times(15, () => sample({}, { place: `lab/rock-${place}`, host: place < 2 ? 'lab-1' : 'lab-2' })).map(
        (one, index) => ({
          ...one,
          findings: [
            { id: 'ffa.usable', outcome: index < (failing[place] ?? 0) ? ('fail' as const) : ('pass' as const) },
          ],
        }),
      ),
    )
  }

  it('that keeps to a host is the host’s, with the stated power', () => {
    let power = 0
    for (let one = 0; one <= 15; one++)
      for (let other = 0; other <= 15; other++) {
        const said = onTwoHosts([one, other])
        const failures = said.filter(({ findings }) => findings[0]!.outcome === 'fail')
        const [first] = follows(said, failures)
        if (first?.origin === 'host' && first.name === 'lab-1')
          power += binomial(one, 0.5, 15) * binomial(other, 0.5, 15)
      }
    expect(power).toBeGreaterThanOrEqual(0.95)
    expect(power).toBeLessThan(0.97)
  })

  it('of a host that has one place is the place’s', () => {
    const said = onTwoPlaces(30, 15, 0).map((one) => ({ ...one, made: { ...one.made, host: `of ${one.made.place}` } }))
    const failures = said.filter(({ findings }) => findings[0]!.outcome === 'fail')
    expect(follows(said, failures).map(({ origin, name }) => [origin, name])).toEqual([['place', 'lab/rock-1']])
  })

  function binomial(k: number, rate: number, of = 30): number {
    if (rate === 0) return k === 0 ? 1 : 0
    const choose = Math.exp(logGamma(of + 1) - logGamma(k + 1) - logGamma(of + 1 - k))
    return choose * rate ** k * (1 - rate) ** (of - k)
  }
})
