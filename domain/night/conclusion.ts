import type { Verdict } from '../verdict/verdict.ts'

/** What an outcome means for a night: `none` says nothing of the cell, `flaky` something of its own. */
export type Conclusion = 'good' | 'bad' | 'flaky' | 'none'

const conclusions: Record<Verdict, Conclusion> = {
  pass: 'good',
  'known-fail': 'good',
  fail: 'bad',
  // The plan expects a bug that has gone: somebody has to look, as with a failure.
  fixed: 'bad',
  flaky: 'flaky',
  inconclusive: 'none',
  infra: 'none',
}

/** @returns what a verdict says of its cell */
export function conclusionOfVerdict(verdict: Verdict): Conclusion {
  return conclusions[verdict]
}
