import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CellNight } from '../../../domain/night/cell-night.ts'
import { compareNight, type Standing } from '../../../domain/night/compare-night.ts'
import { movedInputs } from '../../../domain/night/moved-inputs.ts'
import { verdicts, type Verdict } from '../../../domain/verdict/verdict.ts'

let results = 0
/** A night of the cell c; attempts that were not as expected of those that count. */
function night(verdict: Verdict | null, failed = 0, of = 1, inputs: CellNight['inputs'] = {}): CellNight {
  results++
  const at = results * 86_400_000
  return {
    cell: 'c',
    result: `${results}.1`,
    at,
    verdict,
    sentence: '',
    unexpected: { failed, of },
    failing: [],
    inputs,
  }
}
const good = () => night('pass')
const bad = () => night('fail', 1)
const flaky = () => night('flaky', 1, 5)
const times = (count: number, one: () => CellNight) => Array.from({ length: count }, one)
const standing = (past: CellNight[], tonight: CellNight) => compareNight([tonight], () => past)[0]!

describe('a cell of a night', () => {
  it.each<[string, CellNight[], CellNight, Standing]>([
    ['good as before', times(3, good), good(), 'good'],
    ['good the first time', [], good(), 'good'],
    ['bad after good', times(3, good), bad(), 'new failure'],
    ['bad the first time', [], bad(), 'new failure'],
    ['bad after bad', [good(), bad()], bad(), 'still failing'],
    ['good after bad', [good(), bad(), bad()], good(), 'fixed'],
    ['an expected bug that is gone', times(3, () => night('known-fail')), night('fixed', 1), 'new failure'],
    ['attempts that disagree for the first time', times(3, good), flaky(), 'unstable'],
    ['attempts that disagreed before', [good(), flaky(), good()], flaky(), 'still unstable'],
    ['not run', times(3, good), night(null), 'not run'],
    ['what the lab broke', times(3, good), night('infra'), 'no result'],
    ['what shows nothing', times(3, good), night('inconclusive'), 'no result'],
  ])('%s', (_what, past, tonight, expected) => {
    expect(standing(past, tonight).standing).toBe(expected)
  })

  it('is held against the last result that says something, not against last night', () => {
    const last = good()
    const past = [bad(), last, night('infra'), night(null), night('inconclusive')]
    expect(standing(past, bad())).toMatchObject({ standing: 'new failure', before: { result: last.result } })
    const first = bad()
    expect(standing([good(), first, night('infra'), bad(), night(null)], bad())).toMatchObject({
      standing: 'still failing',
      since: { result: first.result },
    })
    expect(standing([good(), first, night('infra'), bad(), night(null)], good())).toMatchObject({
      standing: 'fixed',
      since: { result: first.result },
    })
  })

  it('that failed now and then is a new failure only when it fails more often than it did', () => {
    const rare = [...times(20, good), flaky(), ...times(5, good), flaky()]
    expect(standing(rare, bad()).standing).toBe('still unstable')
    expect(standing(rare, night('fail', 5, 5)).standing).toBe('new failure')
  })

  it('that is unstable tells how often it was so before and since', () => {
    expect(standing(times(20, good), flaky()).rates).toMatchObject({
      before: { happened: 0, of: 20 },
      now: { happened: 1, of: 5 },
    })
    expect(standing([...times(20, good), flaky(), good()], flaky()).rates).toMatchObject({
      before: { happened: 0, of: 20 },
      now: { happened: 2, of: 11 },
    })
  })

  it('names what moved since', () => {
    const inputs = (version: string, place = 'lab/rock-1') => ({ kernel: { sources: [{ version }], base: 'a' }, place })
    const past = [night('pass', 0, 1, inputs('6.18.4')), night('infra', 0, 1, inputs('6.18.5'))]
    expect(standing(past, night('fail', 1, 1, inputs('6.18.6', 'lab/rock-2'))).moved).toEqual([
      { what: 'kernel.sources.0.version', before: '6.18.4', after: '6.18.6' },
      { what: 'place', before: 'lab/rock-1', after: 'lab/rock-2' },
    ])
    expect(movedInputs({ a: 1 }, { b: [2] })).toEqual([
      { what: 'a', before: 1, after: undefined },
      { what: 'b', before: undefined, after: [2] },
    ])
  })

  it('whatever the past: each cell comes out once, and what was good before is never said to fail still', () => {
    const any = fc.array(
      fc.constantFrom(null, ...verdicts).map((verdict) => night(verdict, verdict === 'fail' ? 1 : 0)),
    )
    fc.assert(
      fc.property(any, fc.constantFrom(null, ...verdicts), (past, verdict) => {
        const changes = compareNight([night(verdict)], () => past)
        expect(changes).toHaveLength(1)
        const [{ standing, before, since }] = changes as [(typeof changes)[0]]
        if (standing === 'still failing') expect(['fail', 'fixed']).toContain(before?.verdict)
        if (standing === 'fixed' || standing === 'still failing') expect(since).toBeDefined()
        if (standing === 'new failure') expect(['fail', 'fixed']).not.toContain(before?.verdict)
      }),
    )
  })
})
