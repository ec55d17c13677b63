import type { Expectation } from '../cell.ts'
import type { Finding } from '../finding.ts'
import { checkExpectations, type Check } from '../verdict/expectations.ts'
import { isOfLab } from '../verdict/of-lab.ts'
import type { AttemptVerdict } from '../verdict/attempt-verdict.ts'

/**
 * What a finding is to the verdict of its cell.
 * `as expected`: it passed, or it is what the plan asks for. `expected failure`: it failed, as the plan says it does.
 * `against`: it is why the attempt is not as expected. `open`: it was asked for, and nothing shows it. `not asked`: it
 * failed, and the verdict does not rest on it. `says nothing`: it was skipped or is unknown, and nobody asked for it.
 * `void`: its attempt does not count.
 */
export type Weight = 'as expected' | 'expected failure' | 'against' | 'open' | 'not asked' | 'says nothing' | 'void'

/**
 * Weighs the findings of one attempt.
 * @param says what the attempt alone says of the cell; null when it does not count
 * @returns a weight for each finding, in their order
 */
export function weigh(
  findings: readonly Finding[],
  expectations: readonly Expectation[],
  says: AttemptVerdict | null,
): Weight[] {
  if (says === null) return findings.map(() => 'void')
  const checks = checkExpectations(findings, expectations).flatMap((checked) => checked.checks)
  const isAsExpected = says.verdict === 'pass' || says.verdict === 'known-fail'
  return findings.map((finding) => {
    const own = checks.filter(({ expected }) => expected.id === finding.id)
    if (own.length > 0) return ofChecks(own, finding)
    if (finding.outcome === 'pass') return 'as expected'
    if (finding.outcome !== 'fail') return 'says nothing'
    if (isAsExpected || isOfLab(finding.id)) return 'not asked'
    return says.findings.includes(finding.id) ? 'against' : 'not asked'
  })
}

/** Of several things that are asked of one finding the worst one counts. */
function ofChecks(checks: readonly Check[], { outcome }: Finding): Weight {
  if (checks.some(({ state }) => state === 'broken')) return 'against'
  if (checks.some(({ state }) => state === 'undecided')) return 'open'
  return outcome === 'fail' ? 'expected failure' : 'as expected'
}
