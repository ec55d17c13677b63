import type { Report, ReportCell } from '../domain/report/report.ts'
import { checksOf, type CellChecks, type Check } from './checks.ts'
import { countsInWords, summaryOf, timesOf, titleOf, unfinishedOf } from './headline.ts'
import { plainLine } from './plain.ts'

/**
 * A report in the kernel's own format for test results, KTAP version 1 (Documentation/dev-tools/ktap.rst): a test for each
 * cell, in it one for the verdict and one for each attempt, in that one for each finding. What is expected to fail is `ok`
 * with the directive XFAIL, as in kselftest.
 */
export function reportKtap(report: Report): string {
  const unfinished = unfinishedOf(report)
  const head = [
    titleOf(report),
    summaryOf(report),
    timesOf(report) ?? '',
    `${countsInWords(report)}.`,
    unfinished ?? '',
  ]
  const cells = checksOf(report)
  const tests =
    cells.length === 0 ? resultLines(1, nothing(report)) : cells.flatMap((each, index) => cellLines(index + 1, each))
  return [
    'KTAP version 1',
    ...head.filter((line) => line !== '').map(diagnostic),
    `1..${Math.max(1, cells.length)}`,
    ...tests,
    '',
  ].join('\n')
}

/** A night without a run, or a run without a cell, has shown nothing, which is no pass. */
function nothing(report: Report): Check {
  return { name: report.night ? 'night' : 'run', result: 'error', word: 'nothing', why: summaryOf(report), lines: [] }
}

function cellLines(number: number, { cell, verdict, attempts }: CellChecks): string[] {
  const own = attempts.flatMap(({ attempt, ending, findings }, index) => {
    const checks = [ending, ...findings]
    const about = [`attempt ${attempt.id} on ${attempt.place}`]
    return subtest(
      index + 2,
      `attempt-${attempt.number}`,
      about,
      checks.map((check, at) => resultLines(at + 1, check)),
    )
  })
  const tests = [resultLines(1, verdict), ...(own.length === 0 ? [] : [own])]
  return subtest(number, nameOf(cell.id), inputsOf(cell), tests, 1 + attempts.length)
}

function inputsOf({ result, cmdline, kernelBuild, firmwareBuild }: ReportCell): string[] {
  const builds = [kernelBuild, firmwareBuild].flatMap((id, index) =>
    id === null ? [] : [`${index === 0 ? 'kernel' : 'firmware'} ${id}`],
  )
  return [`cell ${result}`, ...builds, `command line: ${cmdline}`]
}

/** A test of several: its header, its own tests indented by two, and its result, which follows from theirs. */
function subtest(number: number, name: string, about: string[], tests: string[][], count = tests.length): string[] {
  const inner = ['KTAP version 1', `# Subtest: ${name}`, ...about.map(diagnostic), `1..${count}`, ...tests.flat()]
  const failed = tests.flat().some((line) => /^\s*not ok /.test(line))
  return [...inner.map((line) => `  ${line}`), `${failed ? 'not ok' : 'ok'} ${number} ${name}`]
}

function resultLines(number: number, { name, result, word, why, lines }: Check): string[] {
  const told = result === 'pass' ? [] : lines.map(diagnostic)
  return [
    ...told,
    `${result === 'fail' || result === 'error' ? 'not ok' : 'ok'} ${number} ${nameOf(name)}${directive(result, word, why)}`,
  ]
}

function directive(result: Check['result'], word: string, why: string): string {
  const text = safe(`${word}: ${why}`)
  switch (result) {
    case 'pass':
      return ''
    case 'skip':
      return ` # SKIP ${text}`
    case 'expected':
      return ` # XFAIL ${text}`
    case 'error':
      return ` # ERROR ${text}`
    case 'fail':
      return ` # ${text}`
  }
}

/** A name must not hold what begins a directive, and no blank at its end. */
function nameOf(name: string): string {
  return safe(name).replaceAll(/\\?#/g, '_').replaceAll(/\s+/g, ' ').trim()
}

/** A line that no reader takes for a result or a header: the bar keeps `# Subtest:` apart from what a console said. */
function diagnostic(text: string): string {
  return `# | ${safe(text)}`.trimEnd()
}

/** What makes kunit.py end its reading wherever it stands in a line: tools/testing/kunit/kunit_parser.py, KTAP_END. */
const ends = /(List of all partitions|Kernel panic - not syncing: VFS|reboot: System halted)/g

/** One line in which nothing is a directive and nothing ends the reading: a backslash stands before what would be. */
function safe(text: string): string {
  return plainLine(text)
    .replaceAll(ends, (end) => end.replace(/:|(?=$)/, (colon) => `\\${colon}`))
    .replaceAll('#', '\\#')
}
