import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fewestAttempts } from '../../../domain/flake/steady.ts'
import type { EarlierNight } from '../../../domain/night/earlier-night.ts'
import { planNight } from '../../../domain/night/plan-night.ts'
import { unchangedSince, unchangedWays, whyUnsure, type NightInputs } from '../../../domain/night/unchanged.ts'
import { anyCells, earlier, tonight } from './nights.ts'

const day = 86_400_000
const at = Date.parse('2026-11-30T01:30Z')
/** A night, so many days ago, whose cells were made of these kernels. */
const night = (ago: number, kernels: Record<string, string>): NightInputs => ({
  run: 100 - ago,
  at: at - ago * day,
  cells: Object.entries(kernels).map(([cell, kernel]) => ({ cell, inputs: { kernel, place: `rock-${ago}` } })),
})
const tonightIs = (kernels: Record<string, string>) => night(0, kernels).cells
/** A past in which nothing can be unsure: as many attempts as make sure, all with this kernel. */
const sure = (kernel: string, verdict: 'pass' | 'fail' = 'pass'): EarlierNight[] =>
  Array.from({ length: fewestAttempts() }, () => earlier(verdict, { kernel }))

describe('nothing moved', () => {
  it('since the first of the nights right before that had the same cells, made of the same, on whatever place', () => {
    const before = [night(1, { x: 'b', y: 'c' }), night(2, { x: 'b', y: 'c' }), night(3, { x: 'a', y: 'c' })]
    expect(unchangedSince(tonightIs({ x: 'b', y: 'c' }), before)).toEqual({ run: 98, at: at - 2 * day })
    expect(unchangedSince(tonightIs({ x: 'a', y: 'c' }), before)).toBeUndefined()
  })

  it('is not so where a cell is new or gone, where there was no night, and where there are no cells', () => {
    const before = [night(1, { x: 'a' })]
    expect(unchangedSince(tonightIs({ x: 'a', y: 'a' }), before)).toBeUndefined()
    expect(unchangedSince(tonightIs({ y: 'a' }), before)).toBeUndefined()
    expect(unchangedSince(tonightIs({ x: 'a' }), [])).toBeUndefined()
    expect(unchangedSince([], [night(1, {})])).toBeUndefined()
  })
})

describe('a cell is unsure', () => {
  it.each<[string, EarlierNight[], RegExp | undefined]>([
    ['never run', [], /never said/],
    ['never conclusive', [earlier('infra')], /never said/],
    ['silent last night', [...sure('a'), earlier(null, { kernel: 'a' })], /said nothing in its last night/],
    ['flaky a week ago', [...sure('a'), earlier('flaky', { kernel: 'a' }), ...sure('a').slice(0, 7)], /disagreed/],
    ['tried too seldom as it is', [...sure('b'), ...sure('a').slice(1)], /tried 18 times as it is, and 19 times/],
    ['good as often as makes sure', sure('a'), undefined],
    ['bad as often as makes sure', sure('a', 'fail'), undefined],
  ])('%s', (_what, past, why) => {
    const unsure = whyUnsure(past, { kernel: 'a' })
    if (why === undefined) expect(unsure).toBeUndefined()
    else expect(unsure).toMatch(why)
  })
})

describe('a night in which nothing moved', () => {
  const inputs = { kernel: 'a' }
  const cells = [
    tonight(1, sure('a'), inputs),
    tonight(2, [...sure('a'), earlier('flaky', inputs)], inputs),
    tonight(3, sure('a', 'fail'), inputs),
    tonight(4, [earlier('pass', { kernel: 'before' }), earlier('infra', inputs, { counted: 0 })], inputs),
  ]
  const before = [night(1, { 'cell-1': 'a', 'cell-2': 'a', 'cell-3': 'a', 'cell-4': 'a' })]
  const planned = (way: (typeof unchangedWays)[number]) =>
    Object.fromEntries(planNight(cells, before, way).cells.map((cell) => [cell.number, cell]))

  it('is run as any other, and says so, unless the schedule wants otherwise', () => {
    expect(planNight(cells, before, 'run').since).toEqual({ run: 99, at: at - day })
    for (const { runs, unless } of Object.values(planned('run'))) expect([runs, unless]).toEqual([true, undefined])
  })

  it('repeats what is unsure until one is, and of the rest what was said stands', () => {
    const { 1: good, 2: flaky, 3: bad, 4: unknown } = planned('repeat-unsure')
    const sentence = 'nothing moved since the night of 2026-11-29 (run 99)'
    expect(good).toMatchObject({ runs: false, unless: { why: 'unchanged', sentence, stands: { verdict: 'pass' } } })
    expect(bad).toMatchObject({ runs: false, unless: { stands: { verdict: 'fail' } } })
    expect(flaky).toMatchObject({ runs: true, repeats: true, unless: { stands: { verdict: 'flaky' } } })
    expect(flaky!.seconds).toBe(10 * fewestAttempts())
    // Of one that said nothing as it is nothing stands: it is run as any cell.
    expect(unknown).toEqual({ number: 4, runs: true, seconds: 10 })
  })

  it('runs only what said nothing yet as it is where the schedule wants that', () => {
    const left = Object.values(planned('skip'))
    expect(left.filter(({ runs }) => runs).map(({ number }) => number)).toEqual([4])
    expect(left.filter(({ unless }) => unless).map(({ number }) => number)).toEqual([1, 2, 3])
  })

  it('is none where one cell moved: all of it is run', () => {
    const [first, ...others] = cells
    const { cells: all, since } = planNight(
      [{ ...first!, inputs: { kernel: 'b' } }, ...others],
      before,
      'repeat-unsure',
    )
    expect(since).toBeUndefined()
    expect(all.every(({ runs, unless }) => runs && unless === undefined)).toBe(true)
  })
})

it('whatever the past, each cell of a night is planned once, and one that is not run has a reason', () => {
  fc.assert(
    fc.property(anyCells, fc.boolean(), fc.constantFrom(...unchangedWays), (cells, same, way) => {
      const before = same && cells.length > 0 ? [{ run: 1, at, cells }] : []
      const plan = planNight(cells, before, way)
      expect(plan.cells.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
        cells.map(({ number }) => number),
      )
      for (const { runs, unless } of plan.cells)
        if (!runs) expect(unless).toMatchObject({ sentence: expect.stringMatching(/^nothing moved/), stands: {} })
      if (plan.since === undefined) expect(plan.cells.every(({ runs }) => runs)).toBe(true)
    }),
  )
})
