import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { summariseRun } from '../../../domain/verdict/summarise-run.ts'
import { verdicts, type CellVerdict, type Verdict } from '../../../domain/verdict/verdict.ts'

const judged = (...kinds: Verdict[]): CellVerdict[] => kinds.map((verdict) => ({ verdict, sentence: '', because: [] }))
const run = { cells: 3, failedBuilds: 0, state: 'finished' as const, reason: '' }

describe('summariseRun', () => {
  it.each<[Verdict[], number]>([
    [['pass', 'pass'], 0],
    [['pass', 'known-fail'], 0],
    [['pass', 'fixed'], 1],
    [['pass', 'fail'], 1],
    [['flaky'], 1],
    [['inconclusive'], 1],
    [['pass', 'infra'], 3],
    // What the kernel did outweighs what the lab could not do.
    [['fail', 'infra'], 1],
  ])('%j exits with %i', (kinds, exitCode) => {
    expect(summariseRun(judged(...kinds), run).exitCode).toBe(exitCode)
  })

  it('says that the known bug is there, and that it is not', () => {
    expect(summariseRun(judged('known-fail'), run).sentence).toContain('The known bug is there.')
    expect(summariseRun(judged('fixed'), run).sentence).toContain('A known bug did not show')
    expect(summariseRun(judged('pass'), run).sentence).toBe('As expected: 1 pass.')
  })

  it('tells a cancelled run, a broken one and one of builds only', () => {
    expect(summariseRun(judged('pass'), { ...run, state: 'cancelled' })).toEqual({
      exitCode: 130,
      sentence: 'Cancelled; 1 of 3 cells were judged.',
    })
    expect(summariseRun([], { ...run, state: 'failed', reason: 'the disk is full' })).toEqual({
      exitCode: 3,
      sentence: 'The run broke: the disk is full',
    })
    expect(summariseRun([], run).exitCode).toBe(0)
    expect(summariseRun([], { ...run, failedBuilds: 1 }).exitCode).toBe(1)
  })

  it('tells what was not run because the window closed, and never exits with 0 then', () => {
    const closed = { ...run, reason: 'the window closed' }
    expect(summariseRun(judged('pass', 'known-fail'), closed)).toEqual({
      exitCode: 3,
      sentence:
        'As expected: 1 pass, 1 known-fail. 1 of 3 cells were not run: the window closed. The known bug is there.',
    })
    expect(summariseRun([], closed)).toEqual({ exitCode: 3, sentence: 'None of 3 cells was run: the window closed.' })
    expect(summariseRun(judged('fail'), closed).exitCode).toBe(1)
    expect(summariseRun(judged('pass', 'pass', 'pass'), closed).exitCode).toBe(0)
  })

  it('tells what was not run because nothing moved, with what stands of it, which counts as it did', () => {
    const unchanged = (verdict: Verdict) => ({
      why: 'unchanged' as const,
      sentence: 'nothing moved since the night of 2026-11-29 (run 9)',
      stands: { result: '9.1', verdict },
    })
    expect(summariseRun(judged('pass'), { ...run, notRun: [unchanged('pass'), unchanged('known-fail')] })).toEqual({
      exitCode: 0,
      sentence:
        'As expected: 1 pass. 2 of 3 cells were not run: nothing moved since the night of 2026-11-29 (run 9); what was said of them before stands: 1 pass, 1 known-fail.',
    })
    const failing = { ...run, notRun: ['pass', 'pass', 'fail'].map((verdict) => unchanged(verdict as Verdict)) }
    expect(summariseRun([], failing)).toMatchObject({
      exitCode: 1,
      sentence: expect.stringMatching(/^None of 3 cells was run: .* before stands: 2 pass, 1 fail\.$/),
    })
  })

  it('tells what was over its budget, and never exits with 0 then', () => {
    const notRun = [{ why: 'budget' as const, sentence: 'too little was left of the budget of qemu, 2 h' }]
    expect(summariseRun(judged('pass', 'pass'), { ...run, notRun })).toEqual({
      exitCode: 3,
      sentence: 'As expected: 2 pass. 1 of 3 cells were not run: too little was left of the budget of qemu, 2 h.',
    })
    const both = { ...run, cells: 4, notRun, reason: 'the window closed' }
    expect(summariseRun(judged('pass', 'pass'), both).sentence).toMatch(
      /budget of qemu, 2 h\. 1 of 4 .* window closed\.$/,
    )
  })

  it('exits with 0 only when every verdict is as expected, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts), { minLength: 1 }), (kinds) => {
        const fine = kinds.every((kind) => kind === 'pass' || kind === 'known-fail')
        const { exitCode } = summariseRun(judged(...kinds), run)
        expect(exitCode === 0).toBe(fine)
        expect(summariseRun(judged(...kinds.toReversed()), run).exitCode).toBe(exitCode)
      }),
    )
  })
})
