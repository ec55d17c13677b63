import type { ExpectedFinding, Expectation } from '../cell.ts'
import type { Finding } from '../finding.ts'

/** How one expected finding fared: `undecided` when nothing shows it either way. */
export interface Check {
  expected: ExpectedFinding
  /** The finding as it came out; absent when no probe gave one. */
  finding?: Finding
  state: 'met' | 'broken' | 'undecided'
  /** One sentence. */
  sentence: string
}

/**
 * How one expectation fared in one attempt. `met`: all its findings are as said. `gone`: it names a known bug, and what
 * it said would fail passes. `broken`: something else came out. `undecided`: nothing shows it.
 */
export interface CheckedExpectation {
  expectation: Expectation
  state: 'met' | 'gone' | 'broken' | 'undecided'
  checks: Check[]
}

/** Takes the findings of one attempt and what the plan expects of the cell; returns how each expectation fared, in the plan's order. */
export function checkExpectations(
  findings: readonly Finding[],
  expectations: readonly Expectation[],
): CheckedExpectation[] {
  return expectations.map((expectation) => {
    const checks = expectation.findings.map((expected) => check(findings, expected))
    return { expectation, checks, state: stateOf(expectation, checks) }
  })
}

function check(findings: readonly Finding[], expected: ExpectedFinding): Check {
  const { id, outcome } = expected
  const finding = findings.find((each) => each.id === id)
  if (!finding) return { expected, state: 'undecided', sentence: `Nothing was found out about ${id}.` }
  if (finding.outcome === 'unknown')
    return { expected, finding, state: 'undecided', sentence: `${id}: ${finding.sentence}` }
  if (finding.outcome !== outcome)
    return {
      expected,
      finding,
      state: 'broken',
      sentence: `${id} is ${finding.outcome}, not ${outcome}: ${finding.sentence}`,
    }
  const wrong = Object.entries(expected.facts).find(([name, value]) => finding.facts[name] !== value)
  if (!wrong)
    return { expected, finding, state: 'met', sentence: `${id} is ${outcome}, as expected: ${finding.sentence}` }
  const [name, value] = wrong
  const is = name in finding.facts ? `is ${String(finding.facts[name])}` : 'is not known'
  const sentence = `${id} is ${outcome} as expected, but its ${name} ${is}, not ${String(value)}: ${finding.sentence}`
  return { expected, finding, state: name in finding.facts ? 'broken' : 'undecided', sentence }
}

function stateOf(expectation: Expectation, checks: Check[]): CheckedExpectation['state'] {
  const broken = checks.filter(({ state }) => state === 'broken')
  const passes = broken.every(({ expected, finding }) => expected.outcome === 'fail' && finding?.outcome === 'pass')
  if (broken.length > 0 && !(expectation.known !== undefined && passes)) return 'broken'
  if (checks.some(({ state }) => state === 'undecided')) return 'undecided'
  if (broken.length === 0) return 'met'
  // Half a bug is another bug: it is gone only when nothing of it still fails.
  return checks.some(({ expected, state }) => expected.outcome === 'fail' && state === 'met') ? 'broken' : 'gone'
}
