import type { Report, ReportAttempt, ReportCell, ReportFinding } from '../domain/report/report.ts'
import type { Weight } from '../domain/report/weigh.ts'
import { plainLine } from './plain.ts'
import { evidenceOf } from './quoted.ts'
import { describeFault } from '../domain/build.ts'

/**
 * What a check came to, in the words that all formats for test results have. `expected`: it failed, as the plan or the known
 * issues say. `error`: the lab broke. `skip`: nothing was looked at, or nothing rests on it.
 */
export type Result = 'pass' | 'fail' | 'error' | 'skip' | 'expected'

/** One line of a test result: something with a name that came to something. */
export interface Check {
  name: string
  result: Result
  /** In a word: the verdict, the ending or the outcome. */
  word: string
  /** One sentence on one line. */
  why: string
  /** What it rests on, a line each. */
  lines: string[]
}

/** A cell as checks: its verdict, and for each attempt how it ended and what was found. */
export interface CellChecks {
  cell: ReportCell
  verdict: Check
  attempts: { attempt: ReportAttempt; ending: Check; findings: Check[] }[]
}

/**
 * Takes a report apart into checks. No check fails unless the verdict of its cell is not as expected, and each cell that
 * is not has one that fails: `verdict`.
 */
export function checksOf({ cells, builds }: Pick<Report, 'cells' | 'builds'>): CellChecks[] {
  return cells.map((cell) => ({
    cell,
    verdict: verdictCheck(cell, builds),
    attempts: cell.attempts.map((attempt) => ({
      attempt,
      ending: endingCheck(attempt, cell),
      findings: attempt.findings.map((finding) => findingCheck(finding, attempt, cell)),
    })),
  }))
}

/** Every check of a cell, in the order in which they are told. */
export function everyCheck({ verdict, attempts }: CellChecks): Check[] {
  return [verdict, ...attempts.flatMap(({ ending, findings }) => [ending, ...findings])]
}

const ofVerdict = {
  pass: 'pass',
  'known-fail': 'expected',
  fail: 'fail',
  fixed: 'fail',
  flaky: 'fail',
  inconclusive: 'fail',
  infra: 'error',
} as const satisfies Record<string, Result>

function verdictCheck(
  { verdict, state, known, kernelBuild, firmwareBuild }: ReportCell,
  builds: Report['builds'],
): Check {
  const name = 'verdict'
  if (verdict) {
    const result = ofVerdict[verdict.verdict]
    const about = { name, word: verdict.verdict, lines: [] }
    if (known !== null && result === 'fail')
      return { ...about, result: 'expected', why: plainLine(`Known: ${known}. ${verdict.sentence}`) }
    return { ...about, result, why: plainLine(verdict.sentence) }
  }
  const failed = builds.find(({ id, outcome }) => outcome === 'failed' && [kernelBuild, firmwareBuild].includes(id))
  if (state === 'builds only' && failed) {
    const why = plainLine(`${failed.name} was not built: ${describeFault(failed.fault)}`)
    return { name, result: 'fail', word: 'not built', why, lines: [] }
  }
  return { name, result: 'skip', word: state, why: whyNot[state], lines: [] }
}

const whyNot: Record<ReportCell['state'], string> = {
  judged: '',
  open: 'The run goes on: the cell is not judged yet.',
  'not run': 'The run ended before the cell was judged.',
  'builds only': 'Nothing but builds was asked for.',
}

function endingCheck({ ending, sentence, says }: ReportAttempt, { known }: ReportCell): Check {
  const about = { name: 'ending', word: ending ?? 'open', lines: [] }
  if (ending === null) return { ...about, result: 'skip', why: 'The attempt goes on, or nobody has closed it yet.' }
  const why = plainLine(sentence ?? '')
  if (says === null) return { ...about, result: 'skip', why: `It does not count: ${why}` }
  if (ending === 'finished') return { ...about, result: 'pass', why }
  const isAsExpected = says.verdict === 'pass' || says.verdict === 'known-fail'
  return { ...about, result: isAsExpected || known !== null ? 'expected' : 'fail', why }
}

const ofWeight: Record<Weight, Result> = {
  'as expected': 'pass',
  'expected failure': 'expected',
  against: 'fail',
  open: 'fail',
  'not asked': 'skip',
  'says nothing': 'skip',
  void: 'skip',
}

function findingCheck(finding: ReportFinding, { says }: ReportAttempt, { known }: ReportCell): Check {
  const { id, outcome, sentence, weight } = finding
  const result = resultOf(finding)
  const isKnown = result === 'fail' && known !== null && says !== null
  // A known bug that is gone is not as expected, and what shows it passes.
  const isOdd = weight === 'against' && outcome !== 'fail'
  return {
    name: plainLine(id),
    result: isKnown ? 'expected' : result,
    word: isOdd ? `unexpected ${outcome}` : outcome,
    why: `${about(weight, isOdd)}${plainLine(sentence)}`,
    lines: evidenceOf(finding),
  }
}

function about(weight: Weight, isOdd: boolean): string {
  if (weight === 'void') return 'The attempt does not count: '
  if (weight === 'not asked') return 'It failed, and the verdict does not rest on it: '
  return isOdd ? 'The plan expects otherwise: ' : ''
}

/** What the plan wants skipped and was skipped is as expected, and was not looked at all the same. */
function resultOf({ weight, outcome }: ReportFinding): Result {
  return weight === 'as expected' && outcome === 'skip' ? 'skip' : ofWeight[weight]
}
