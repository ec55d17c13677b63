import { expect, it } from 'vitest'
import { lastGoods, newestOfEach } from '../../../domain/keep/last-results.ts'
import type { Verdict } from '../../../domain/verdict/verdict.ts'

/** One cell, a run each. */
const nights = (...verdicts: Verdict[]) => verdicts.map((verdict, n) => ({ run: n + 1, cell: 1, line: 'a', verdict }))

it('the last good one before a failure is found across nights that say nothing', () => {
  expect([...lastGoods(nights('pass', 'pass', 'infra', 'fail', 'fail'))]).toEqual(['2.1'])
  expect([...lastGoods(nights('pass', 'flaky', 'pass', 'known-fail', 'fixed'))]).toEqual(['1.1', '4.1'])
  expect([...lastGoods(nights('fail', 'pass', 'inconclusive'))]).toEqual([])
})

it('cells are held against themselves only', () => {
  const other = { run: 2, cell: 2, line: 'b', verdict: 'fail' as const }
  expect([...lastGoods([...nights('pass'), other])]).toEqual([])
  expect([...newestOfEach([...nights('pass'), other])]).toEqual(['1.1', '2.2'])
})

it('of each cell the newest result with each verdict stays, and none that says nothing', () => {
  expect([...newestOfEach(nights('pass', 'fail', 'pass', 'infra', 'pass', 'inconclusive'))].toSorted()).toEqual([
    '2.1',
    '5.1',
  ])
})
