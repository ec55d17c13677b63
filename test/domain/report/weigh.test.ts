import { expect, it } from 'vitest'
import type { Expectation } from '../../../domain/cell.ts'
import type { Finding, Outcome } from '../../../domain/finding.ts'
import { weigh } from '../../../domain/report/weigh.ts'
import { verdictOfAttempt } from '../../../domain/verdict/attempt-verdict.ts'

const finding = (id: string, outcome: Outcome): Finding => ({ id, outcome, sentence: id, evidence: [], facts: {} })
const wants = (id: string, outcome: Outcome, known?: string): Expectation => ({
  ...(known !== undefined && { known }),
  findings: [{ id, outcome, facts: {} }],
  at: 'p.yaml:1:1',
})

function weights(findings: Finding[], expectations: Expectation[], ending: 'finished' | 'kernel-fault' = 'finished') {
  return weigh(findings, expectations, verdictOfAttempt({ number: 1, ending, sentence: '', findings }, expectations))
}

it('what the plan asks for is as expected, against it, or open', () => {
  const findings = [finding('a', 'pass'), finding('b', 'fail'), finding('c', 'unknown'), finding('d', 'fail')]
  const asked = [wants('a', 'pass'), wants('b', 'pass'), wants('c', 'pass'), wants('d', 'fail', 'a bug')]
  expect(weights(findings, asked)).toEqual(['as expected', 'against', 'open', 'expected failure'])
})

it('a known bug that is gone is against the plan', () => {
  expect(weights([finding('a', 'pass')], [wants('a', 'fail', 'a bug')])).toEqual(['against'])
})

it('a failure that nobody asked about is told and weighs nothing', () => {
  const findings = [finding('a', 'pass'), finding('b', 'fail'), finding('c', 'skip')]
  expect(weights(findings, [wants('a', 'pass')])).toEqual(['as expected', 'not asked', 'says nothing'])
})

it('a fault that stopped the boot weighs, whatever the plan asks for', () => {
  const findings = [finding('a', 'pass'), finding('fault.kernel', 'fail')]
  expect(weights(findings, [wants('a', 'pass')], 'kernel-fault')).toEqual(['as expected', 'against'])
})

it('without expectations each failure weighs but for those of the lab', () => {
  expect(weights([finding('a', 'fail'), finding('lab.wire', 'fail'), finding('b', 'pass')], [])).toEqual([
    'against',
    'not asked',
    'as expected',
  ])
})

it('an attempt that does not count weighs nothing', () => {
  expect(weigh([finding('a', 'fail')], [wants('a', 'pass')], null)).toEqual(['void'])
})
