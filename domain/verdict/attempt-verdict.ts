import { causesTree, consequencesOf, type Branch } from '../causes-tree.ts'
import type { Expectation } from '../cell.ts'
import { checkExpectations, type CheckedExpectation } from './expectations.ts'
import { isOfLab } from './of-lab.ts'
import type { JudgedAttempt } from './verdict.ts'

/** What one attempt alone would make of the cell. */
export interface AttemptVerdict {
  verdict: 'pass' | 'fail' | 'known-fail' | 'fixed' | 'inconclusive'
  sentence: string
  /** Ids of the findings that it rests on. */
  findings: string[]
}

/** Takes an attempt that counts and what the plan expects; returns what it says of the cell. */
export function verdictOfAttempt(attempt: JudgedAttempt, expectations: readonly Expectation[]): AttemptVerdict {
  const crash = unexpectedFault(attempt, expectations)
  if (crash) return crash
  if (expectations.length === 0) return byFindings(attempt)
  const checked = checkExpectations(attempt.findings, expectations)
  const broken = checked.filter(({ state }) => state === 'broken')
  if (broken.length > 0) return say('fail', broken, ['broken'])
  const undecided = checked.filter(({ state }) => state === 'undecided')
  if (undecided.length > 0) return say('inconclusive', undecided, ['undecided'])
  if (attempt.ending === 'hung')
    return {
      ...say('inconclusive', checked, ['met', 'broken']),
      sentence: 'The boot hung after all that was expected had shown.',
    }
  const gone = checked.filter(({ state }) => state === 'gone')
  if (gone.length > 0) return about('fixed', gone, 'The known bug is gone')
  const bugs = checked.filter(({ expectation }) => expectation.known !== undefined)
  if (bugs.length > 0) return about('known-fail', bugs, 'The known bug is there')
  if (checked.every(({ checks }) => checks.every(({ finding }) => finding?.outcome === 'skip')))
    return { ...say('inconclusive', checked, ['met']), sentence: 'Each finding was skipped, so nothing was shown.' }
  return { ...say('pass', checked, ['met']), sentence: allMet(checked) }
}

/** A boot that a fault stopped fails, whatever else it showed before, unless the plan expects that very fault. */
function unexpectedFault(attempt: JudgedAttempt, expectations: readonly Expectation[]): AttemptVerdict | undefined {
  const id = { 'kernel-fault': 'fault.kernel', 'firmware-fault': 'fault.firmware' }[attempt.ending as string]
  if (!id) return undefined
  const expected = expectations.some(({ findings }) =>
    findings.some((each) => each.id === id && each.outcome === 'fail'),
  )
  if (expected) return undefined
  const finding = attempt.findings.find((each) => each.id === id)
  const where = attempt.ending === 'kernel-fault' ? 'kernel' : 'firmware'
  const why = finding?.outcome === 'fail' ? finding.sentence : `The ${where} stopped without a word.`
  return { verdict: 'fail', sentence: `The boot did not survive: ${why}`, findings: finding ? [finding.id] : [] }
}

/** Without expectations the findings speak for themselves, but for those of the lab, which say nothing of the cell. */
function byFindings({ ending, findings: all }: JudgedAttempt): AttemptVerdict {
  const findings = all.filter(({ id }) => !isOfLab(id))
  const failed = findings.filter(({ outcome }) => outcome === 'fail')
  if (failed.length > 0)
    return { verdict: 'fail', sentence: causesTree(failed).map(withConsequences).join(' '), findings: ids(failed) }
  const passed = findings.filter(({ outcome }) => outcome === 'pass')
  if (ending === 'hung' || passed.length === 0)
    return {
      verdict: 'inconclusive',
      sentence: 'The plan expects nothing of this cell, and nothing conclusive was shown.',
      findings: ids(passed),
    }
  return {
    verdict: 'pass',
    sentence: 'The plan expects nothing of this cell, and no finding failed.',
    findings: ids(passed),
  }
}

/** A cause in its own words, and how much follows from it. */
function withConsequences(branch: Branch): string {
  const count = consequencesOf(branch)
  if (count === 0) return branch.finding.sentence
  const more = count === 1 ? 'one more failure follows' : `${count} more failures follow`
  return `${branch.finding.sentence.replace(/\.$/, '')}, and ${more} from that.`
}

function say(verdict: AttemptVerdict['verdict'], checked: CheckedExpectation[], states: string[]): AttemptVerdict {
  const checks = checked.flatMap((each) => each.checks).filter(({ state }) => states.includes(state))
  return {
    verdict,
    sentence: checks.map(({ sentence }) => sentence).join(' '),
    findings: ids(checks.map(({ expected }) => expected)),
  }
}

function about(verdict: 'fixed' | 'known-fail', bugs: CheckedExpectation[], saying: string): AttemptVerdict {
  const names = bugs.map(({ expectation }) => expectation.known).join('; ')
  const deciding = bugs.flatMap(({ checks }) => checks)
  return {
    verdict,
    sentence: `${saying}: ${names}.`,
    findings: ids(deciding.map(({ expected }) => expected)),
  }
}

function allMet(checked: CheckedExpectation[]): string {
  const count = checked.flatMap(({ checks }) => checks).length
  return count === 1
    ? 'The expected finding came out as the plan says.'
    : `All ${count} expected findings came out as the plan says.`
}

function ids(findings: { id: string }[]): string[] {
  return [...new Set(findings.map(({ id }) => id))]
}
