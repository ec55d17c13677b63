import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KnownIssue } from '../../../domain/known/known-issue.ts'
import type { CellNight, FailingFinding } from '../../../domain/night/cell-night.ts'
import { compareNight } from '../../../domain/night/compare-night.ts'
import { tellNight } from '../../../domain/night/tell-night.ts'
import { verdicts, type Verdict } from '../../../domain/verdict/verdict.ts'

const now = Date.parse('2026-12-01T02:30Z')
const refused: FailingFinding = { id: 'ffa.usable', sentence: 'FF-A calls are refused.', facts: { errno: -22 } }
const oops: FailingFinding = { id: 'fault.kernel', sentence: 'It oopsed.', facts: { title: 'oops in x' } }
const cellId = (config: string) => `linux/${config}/optee/protected/qemu`

function night(config: string, verdict: Verdict | null, failing: FailingFinding[] = []): CellNight {
  const failed = failing.length > 0 ? 1 : 0
  return {
    cell: cellId(config),
    result: '7.1',
    at: now,
    verdict,
    sentence: `${config} was ${verdict}.`,
    unexpected: { failed, of: 1 },
    failing,
    inputs: {},
  }
}
const issue: KnownIssue = {
  finding: 'ffa.usable',
  facts: { errno: -22 },
  cells: { config: ['a', 'b'] },
  reason: 'the thread',
  owner: 'lab',
  at: 'known.yaml:3',
}
function tell(tonight: CellNight[], issues: KnownIssue[] = [], past: CellNight[] = []) {
  const pastOf = (cell: string) => past.filter((each) => each.cell === cell)
  return tellNight(compareNight(tonight, pastOf), issues, pastOf, now)
}

describe('a night', () => {
  it('tells one cause once, with all the cells that show it, the worst first', () => {
    const past = ['a', 'b', 'c', 'd'].map((config) =>
      night(config, config === 'd' ? 'fail' : 'pass', config === 'd' ? [oops] : []),
    )
    const story = tell(
      [night('a', 'fail', [refused]), night('b', 'pass'), night('c', 'fail', [refused]), night('d', 'fail', [oops])],
      [],
      past,
    )
    expect(story.groups.map(({ standing, cause, cells }) => [standing, cause, cells.map(({ cell }) => cell)])).toEqual([
      ['new failure', 'ffa.usable · -22', [cellId('a'), cellId('c')]],
      ['still failing', 'fault.kernel · oops in x', [cellId('d')]],
    ])
    expect(story).toMatchObject({ red: true, counts: { good: 1, 'new failure': 2, 'still failing': 1 } })
  })

  it('that says nothing of some cells is incomplete, and what was not run has not moved', () => {
    const past = [{ ...night('a', 'pass'), inputs: { place: 'rock-1' } }]
    const cancelled = tell([night('a', null), night('b', 'pass')], [], past)
    expect(cancelled).toMatchObject({ red: false, incomplete: true, counts: { 'not run': 1, good: 1 } })
    expect(cancelled.groups[0]!.cells[0]!.moved).toEqual([])
    expect(tell([night('a', 'infra')]).incomplete).toBe(true)
    expect(tell([night('a', 'pass')]).incomplete).toBe(false)
  })

  it('in which nothing moved is as good or as bad as what stands: not run again makes nothing good', () => {
    const left = (config: string): CellNight => ({ ...night(config, null), unchanged: true })
    const past = [night('a', 'pass'), night('b', 'fail', [refused])]
    const good = tell([left('a')], [], past)
    expect(good).toMatchObject({ red: false, incomplete: false, counts: { unchanged: 1 } })
    const bad = tell([left('a'), left('b')], [], past)
    expect(bad).toMatchObject({ red: true, incomplete: false, counts: { unchanged: 2 } })
    expect(bad.groups.map(({ standing, cause, cells }) => [standing, cause, cells.length])).toEqual([
      ['unchanged', '', 1],
      ['unchanged', 'ffa.usable · -22', 1],
    ])
    expect(bad.groups[1]!.cells[0]!.since).toMatchObject({ verdict: 'fail' })
    expect(tell([left('b')], [issue], past)).toMatchObject({ red: false, incomplete: false })
    // One that never said anything says nothing still.
    expect(tell([left('c')], [], past)).toMatchObject({ red: false, incomplete: true })
  })

  it('tells cells that were not run by the reason', () => {
    const why = (config: string, sentence: string): CellNight => ({ ...night(config, null), sentence })
    const { groups } = tell([why('a', 'the window closed'), why('b', 'no budget'), why('c', 'the window closed')])
    expect(groups.map(({ sentence, cells }) => [sentence, cells.length])).toEqual([
      ['the window closed', 2],
      ['no budget', 1],
    ])
  })

  it('shows what is known, and is not red for it', () => {
    const story = tell([night('a', 'fail', [refused]), night('b', 'pass')], [issue])
    expect(story).toMatchObject({ red: false, counts: { known: 1, good: 1 }, notes: [] })
    expect(story.groups).toMatchObject([
      { standing: 'known', cause: 'ffa.usable · -22', issue: { reason: 'the thread' } },
    ])
  })

  it('is red for a failure beside the known one', () => {
    const story = tell([night('a', 'fail', [refused, oops])], [issue])
    expect(story.groups).toMatchObject([{ standing: 'new failure', cause: 'fault.kernel · oops in x' }])
  })

  it('is red for a known issue that has expired or that nobody owns', () => {
    const { owner: _, ...unowned } = issue
    for (const gone of [{ ...issue, expires: now }, unowned]) {
      const story = tell([night('a', 'fail', [refused])], [gone])
      expect(story).toMatchObject({ red: true, groups: [{ standing: 'new failure' }] })
      expect(story.notes.join()).toMatch(/known\.yaml:3: .*(expired|nobody owns)/)
    }
  })

  it('says that a known issue was not seen, for how many nights, and that one is about no cell', () => {
    const good = () => night('a', 'pass')
    expect(tell([good()], [issue]).notes).toEqual([
      'known.yaml:3: this known issue (the thread) was not seen: if it is fixed, take it out.',
    ])
    expect(tell([good()], [issue], [night('a', 'fail', [refused]), good(), good()]).notes[0]).toContain('for 3 nights')
    expect(tell([night('a', 'infra')], [issue]).notes).toEqual([])
    expect(tell([night('c', 'pass')], [issue]).notes[0]).toContain('about no cell')
  })

  it('loses no cell, whatever befell it', () => {
    const any = fc.constantFrom(null, ...verdicts)
    const failing = fc.subarray([refused, oops])
    const cells = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), any, failing), {
      selector: ([config]) => config,
    })
    fc.assert(
      fc.property(cells, cells, fc.boolean(), (tonight, past, knows) => {
        const nights = (drawn: typeof tonight) => drawn.map(([config, verdict, found]) => night(config, verdict, found))
        const { counts, groups } = tell(nights(tonight), knows ? [issue] : [], nights(past))
        expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(tonight.length)
        const told = groups.flatMap((group) => group.cells.map(({ cell }) => cell))
        expect(new Set(told).size).toBe(told.length)
        expect(told.length + (counts.good ?? 0)).toBe(tonight.length)
      }),
    )
  })
})
