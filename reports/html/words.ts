import type { ReportFinding } from '../../domain/report/report.ts'
import { markup, type Markup } from './markup.ts'

/** The class that colours a word; what has none is told in the ink of what says nothing. */
const classes: Record<string, string> = {
  pass: 'pass',
  good: 'pass',
  built: 'pass',
  fail: 'fail',
  failed: 'fail',
  'new failure': 'fail',
  'still failing': 'fail',
  'known-fail': 'known-fail',
  known: 'known',
  fixed: 'fixed',
  flaky: 'flaky',
  unstable: 'flaky',
  'still unstable': 'flaky',
  inconclusive: 'inconclusive',
  infra: 'infra',
}

/** A verdict, an outcome or a standing in its colour. */
export function word(text: string): Markup {
  return markup`<span class="word ${classes[text] ?? 'none'}">${text}</span>`
}

/** What a finding is to the verdict, where its outcome alone does not say it. */
export function weightInWords({ weight, outcome }: ReportFinding): string {
  if (weight === 'expected failure') return 'as the plan expects'
  if (weight === 'against' && outcome !== 'fail') return 'not as the plan expects'
  if (weight === 'not asked') return 'the verdict does not rest on it'
  if (weight === 'open') return 'the plan asks for it'
  return ''
}

/** Where a cell or an attempt stands on the page. */
export function anchor(kind: 'cell' | 'attempt', id: string): string {
  return `${kind}-${id}`
}
