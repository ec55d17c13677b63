import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endings, type Ending } from '../../../domain/attempt.ts'
import type { Expectation } from '../../../domain/cell.ts'
import { outcomes, type Finding, type Outcome } from '../../../domain/finding.ts'
import { fewestAttempts } from '../../../domain/flake/steady.ts'
import { isSettled, verdictOf } from '../../../domain/verdict/cell-verdict.ts'
import { checkExpectations } from '../../../domain/verdict/expectations.ts'
import type { JudgedAttempt } from '../../../domain/verdict/verdict.ts'

const evidence = [{ kind: 'record' as const, sequence: 1, text: '' }]
const finding = (id: string, outcome: Outcome, facts: Finding['facts'] = {}): Finding => ({
  id,
  outcome,
  sentence: `${id} ${outcome}.`,
  evidence,
  facts,
})
const attempt = (number: number, findings: Finding[], ending: Ending = 'finished'): JudgedAttempt => ({
  number,
  ending,
  sentence: `Attempt ${number} was ${ending}.`,
  findings,
})
const expects = (id: string, outcome: Outcome, facts: Finding['facts'] = {}, known?: string): Expectation => ({
  findings: [{ id, outcome, facts }],
  at: 'plan.yaml:1:1',
  ...(known !== undefined && { known }),
})

const usable = finding('ffa.usable', 'pass')
const refused = finding('ffa.usable', 'fail', { errno: -22 })
const nothing = finding('ffa.usable', 'unknown')
const works = [expects('ffa.usable', 'pass')]
const bug = [expects('ffa.usable', 'fail', { errno: -22 }, 'the bug')]
const once = { count: 1, infra: 1 }
const thrice = { count: 3, infra: 1 }

describe('the verdict of one attempt', () => {
  const cases: [string, Finding[], Expectation[], Ending, string][] = [
    ['as the plan says', [usable], works, 'finished', 'pass'],
    ['not as the plan says', [refused], works, 'finished', 'fail'],
    ['nothing shown', [nothing], works, 'finished', 'inconclusive'],
    ['a lab that broke beside it', [usable, finding('lab.power', 'fail')], [], 'finished', 'pass'],
    ['a lab that worked and nothing else', [nothing, finding('lab.power', 'pass')], [], 'finished', 'inconclusive'],
    [
      'a lab that broke, which the plan says must not',
      [usable, finding('lab.power', 'fail')],
      [expects('lab.power', 'pass')],
      'finished',
      'fail',
    ],
    ['no such finding', [], works, 'finished', 'inconclusive'],
    ['the known bug', [refused], bug, 'finished', 'known-fail'],
    ['the known bug is gone', [usable], bug, 'finished', 'fixed'],
    ['the known bug with another errno', [finding('ffa.usable', 'fail', { errno: -95 })], bug, 'finished', 'fail'],
    ['the known bug with no errno', [finding('ffa.usable', 'fail')], bug, 'finished', 'inconclusive'],
    ['nothing shown of the known bug', [nothing], bug, 'finished', 'inconclusive'],
    [
      'the known bug, and another expectation broken',
      [refused, finding('pkvm.mode', 'fail')],
      [...bug, expects('pkvm.mode', 'pass')],
      'finished',
      'fail',
    ],
    [
      'the known bug gone, and another expectation broken',
      [usable, finding('pkvm.mode', 'fail')],
      [...bug, expects('pkvm.mode', 'pass')],
      'finished',
      'fail',
    ],
    ['held, and then the kernel panicked', [usable, finding('fault.kernel', 'fail')], works, 'kernel-fault', 'fail'],
    [
      'the known bug, and then the kernel panicked',
      [refused, finding('fault.kernel', 'fail')],
      bug,
      'kernel-fault',
      'fail',
    ],
    [
      'the panic that the plan expects',
      [finding('fault.kernel', 'fail')],
      [expects('fault.kernel', 'fail', {}, 'it panics')],
      'kernel-fault',
      'known-fail',
    ],
    [
      'a panic of the kernel where one of firmware is expected',
      [finding('fault.kernel', 'fail')],
      [expects('fault.firmware', 'fail')],
      'kernel-fault',
      'fail',
    ],
    ['firmware fault', [usable], works, 'firmware-fault', 'fail'],
    [
      'a warning is only a finding',
      [usable, finding('fault.kernel', 'fail', { warning: true })],
      works,
      'finished',
      'pass',
    ],
    ['hung after all had shown', [usable], works, 'hung', 'inconclusive'],
    ['hung, and not as the plan says', [refused], works, 'hung', 'fail'],
    [
      'skipped as the plan says',
      [finding('x.y', 'skip'), usable],
      [expects('x.y', 'skip'), ...works],
      'finished',
      'pass',
    ],
    ['nothing but skipped', [finding('x.y', 'skip')], [expects('x.y', 'skip')], 'finished', 'inconclusive'],
    ['unknown is never as expected', [nothing], [expects('ffa.usable', 'unknown')], 'finished', 'inconclusive'],
    ['nothing expected, all well', [usable], [], 'finished', 'pass'],
    ['nothing expected, something failed', [refused], [], 'finished', 'fail'],
    ['nothing expected, nothing shown', [nothing], [], 'finished', 'inconclusive'],
  ]
  it.each(cases)('%s: %#', (_name, findings, expectations, ending, verdict) => {
    expect(verdictOf([attempt(1, findings, ending)], expectations, once).verdict).toBe(verdict)
  })

  it('says which bug, and what it rests on', () => {
    expect(verdictOf([attempt(1, [refused])], bug, once)).toEqual({
      verdict: 'known-fail',
      sentence: 'The known bug is there: the bug.',
      because: [{ attempt: 1, finding: 'ffa.usable' }],
    })
  })

  it('takes half a bug for another bug', () => {
    const both: Expectation[] = [
      {
        known: 'two',
        at: '',
        findings: [
          { id: 'a.b', outcome: 'fail', facts: {} },
          { id: 'c.d', outcome: 'fail', facts: {} },
        ],
      },
    ]
    const state = (...findings: Finding[]) => checkExpectations(findings, both)[0]?.state
    expect(state(finding('a.b', 'fail'), finding('c.d', 'fail'))).toBe('met')
    expect(state(finding('a.b', 'pass'), finding('c.d', 'pass'))).toBe('gone')
    expect(state(finding('a.b', 'pass'), finding('c.d', 'fail'))).toBe('broken')
    expect(state(finding('a.b', 'pass'), finding('c.d', 'unknown'))).toBe('undecided')
  })
})

describe('the verdict of several attempts', () => {
  const cases: [string, JudgedAttempt[], { count: number; infra: number }, string][] = [
    ['all pass', [1, 2, 3].map((n) => attempt(n, [usable])), thrice, 'pass'],
    ['a pass on attempt 2 of 3', [attempt(1, [refused]), attempt(2, [usable]), attempt(3, [usable])], thrice, 'flaky'],
    [
      'a pass on attempt 2, after a hang',
      [attempt(1, [nothing], 'hung'), attempt(2, [usable])],
      { count: 2, infra: 0 },
      'flaky',
    ],
    ['a pass on attempt 2, after infra', [attempt(1, [], 'infra'), attempt(2, [usable])], once, 'pass'],
    ['a pass on attempt 2, after taint', [attempt(1, [refused], 'tainted'), attempt(2, [usable])], once, 'pass'],
    ['a pass on attempt 2, after a cancel', [attempt(1, [refused], 'cancelled'), attempt(2, [usable])], once, 'pass'],
    ['infra too often', [attempt(1, [], 'infra'), attempt(2, [], 'tainted')], once, 'infra'],
    ['infra once, and another attempt could change nothing', [attempt(1, [], 'infra')], once, 'infra'],
    [
      'passes once of three, and then the lab cannot go on',
      [attempt(1, [usable]), attempt(2, [], 'infra')],
      thrice,
      'infra',
    ],
    ['a cancel behind infra', [attempt(1, [], 'infra'), attempt(2, [], 'cancelled')], once, 'inconclusive'],
    ['no attempt', [], once, 'inconclusive'],
    ['cancelled', [attempt(1, [], 'cancelled')], once, 'inconclusive'],
    ['passes, but fewer than asked for', [attempt(1, [usable])], thrice, 'inconclusive'],
    [
      'passes, then infra too often',
      [attempt(1, [usable]), attempt(2, [], 'infra'), attempt(3, [], 'infra')],
      thrice,
      'infra',
    ],
    ['a fail stands, though fewer attempts than asked for', [attempt(1, [refused])], thrice, 'fail'],
  ]
  it.each(cases)('%s: %#', (_name, attempts, policy, verdict) =>
    expect(verdictOf(attempts, works, policy).verdict).toBe(verdict),
  )

  it('gives the last words of a lab that broke', () => {
    const broken = [attempt(2, [], 'tainted'), attempt(1, [], 'infra')]
    expect(verdictOf(broken.slice(1), works, once).sentence).toBe('The lab cannot boot this: Attempt 1 was infra.')
    expect(verdictOf(broken, works, once).sentence).toBe(
      'The lab broke 2 times (1 allowed): no attempt counts; the last time: Attempt 2 was tainted.',
    )
  })

  it('counts one of a thing as one', () => {
    const hasty = { count: 1, infra: 0 }
    expect(verdictOf([attempt(1, [], 'infra')], works, hasty).sentence).toBe(
      'The lab broke once (0 allowed): no attempt counts; the last time: Attempt 1 was infra.',
    )
    expect(verdictOf([attempt(1, [], 'cancelled')], works, once).sentence).toBe(
      'The cell was cancelled: no attempt counts.',
    )
    expect(verdictOf([attempt(1, [usable])], works, thrice).sentence).toBe('Too few to tell: 1 of 3 attempts counts.')
  })

  it('names each attempt that disagrees', () => {
    const { sentence } = verdictOf([attempt(2, [usable]), attempt(1, [refused])], works, thrice)
    expect(sentence).toBe('The attempts disagree: attempt 1 fail, attempt 2 pass.')
  })
})

describe('whatever the attempts', () => {
  const outcome = fc.constantFrom(...outcomes)
  const findings = fc
    .tuple(outcome, outcome, fc.constantFrom(-22, -95))
    .map(([a, b, errno]) => [finding('ffa.usable', a, a === 'fail' ? { errno } : {}), finding('fault.kernel', b)])
  const some = fc
    .array(fc.tuple(fc.constantFrom(...endings), findings), { maxLength: 5 })
    .map((all) => all.map(([ending, each], index) => attempt(index + 1, each, ending)))
  const expectations = fc.array(fc.constantFrom(...works, ...bug, expects('fault.kernel', 'pass')), { maxLength: 2 })
  const policy = fc.record({ count: fc.integer({ min: 1, max: 3 }), infra: fc.nat(2) })
  const counts = ({ ending }: JudgedAttempt) => ending !== 'infra' && ending !== 'tainted' && ending !== 'cancelled'

  it('the order in which they are given does not matter', () =>
    fc.assert(
      fc.property(some, expectations, policy, fc.infiniteStream(fc.nat()), (attempts, expected, rule, keys) => {
        const shuffled = attempts
          .map((each) => [keys.next().value as number, each] as const)
          .toSorted((a, b) => a[0] - b[0])
          .map(([, each]) => each)
        expect(verdictOf(shuffled, expected, rule)).toEqual(verdictOf(attempts, expected, rule))
      }),
    ))

  it('neither do attempts that do not count, once enough count', () =>
    fc.assert(
      fc.property(some, some, expectations, policy, (attempts, more, expected, rule) => {
        const counted = attempts.filter(counts)
        fc.pre(counted.length >= rule.count)
        const broken = more.filter((each) => !counts(each)).map((each, index) => ({ ...each, number: 100 + index }))
        expect(verdictOf([...broken, ...counted], expected, rule)).toEqual(verdictOf(counted, expected, rule))
      }),
    ))

  it('without evidence there is no pass, fail, known-fail or fixed', () =>
    fc.assert(
      fc.property(some, expectations, policy, (attempts, expected, rule) => {
        const blind = attempts
          .filter(({ ending }) => ending !== 'kernel-fault' && ending !== 'firmware-fault')
          .map((each) => ({ ...each, findings: each.findings.map((one) => finding(one.id, 'unknown')) }))
        expect(['inconclusive', 'infra']).toContain(verdictOf(blind, expected, rule).verdict)
      }),
    ))

  it('a pass never hides a fault, a fail or a disagreement', () =>
    fc.assert(
      fc.property(some, expectations, policy, (attempts, expected, rule) => {
        if (verdictOf(attempts, expected, rule).verdict !== 'pass') return
        const counted = attempts.filter(counts)
        expect(counted.length).toBeGreaterThanOrEqual(rule.count)
        for (const each of counted) {
          expect(each.ending).toBe('finished')
          expect(verdictOf([each], expected, once).verdict).toBe('pass')
        }
      }),
      { numRuns: 1000 },
    ))
})

describe('a cell that is tried until one is confident', () => {
  const confident = { count: 50, infra: 3, until: 'confident' as const }
  const series = (...found: Finding[]) => found.map((each, index) => attempt(index + 1, [each]))
  const same = (count: number) => Array.from({ length: count }, () => usable)

  it('needs no more attempts once a flake would have shown, and says how sure that is', () => {
    const enough = fewestAttempts()
    expect(isSettled(series(...same(enough - 1)), works, confident)).toBe(false)
    expect(verdictOf(series(...same(enough - 1)), works, confident).verdict).toBe('inconclusive')
    expect(isSettled(series(...same(enough)), works, confident)).toBe(true)
    expect(verdictOf(series(...same(enough)), works, confident)).toMatchObject({
      verdict: 'pass',
      sentence: expect.stringContaining(
        `(so all ${enough} attempts say; one in 5 that says otherwise would have shown, with 95 % certainty)`,
      ),
    })
  })

  it('is flaky as soon as both outcomes are more than rare, and tells the rate of a long series', () => {
    const mixed = series(...Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? usable : refused)))
    expect(isSettled(mixed.slice(0, 5), works, confident)).toBe(false)
    expect(isSettled(mixed, works, confident)).toBe(true)
    expect(verdictOf(mixed, works, confident).verdict).toBe('flaky')
    const long = series(...same(20), refused, ...same(19))
    expect(verdictOf(long, works, { count: 40, infra: 1 })).toMatchObject({
      verdict: 'flaky',
      sentence: 'The attempts disagree: 39 of 40 (89 % to 100 %) pass, 1 of 40 (0.3 % to 11 %) fail (attempts 21).',
    })
  })

  it('is given up after as many attempts as the plan allows, and never tried because the lab broke', () => {
    const few = { count: 3, infra: 3, until: 'confident' as const }
    expect(isSettled(series(...same(3)), works, few)).toBe(true)
    expect(verdictOf(series(...same(3)), works, few)).toMatchObject({
      verdict: 'pass',
      sentence: expect.stringMatching(/so all 3 attempts say\)/),
    })
    const broken = [...series(...same(2)), attempt(3, [], 'infra')]
    expect(isSettled(broken, works, few)).toBe(false)
  })
})
