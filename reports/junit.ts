import type { Report, ReportCell } from '../domain/report/report.ts'
import { checksOf, everyCheck, type CellChecks, type Check } from './checks.ts'
import { summaryOf, titleOf, unfinishedOf } from './headline.ts'
import { document, type Element } from './xml.ts'

/**
 * A report as JUnit XML, in the part of it that GitLab, Jenkins and the readers of GitHub's actions have in common: a suite
 * for each cell, with a test case for its verdict, for each attempt's ending and for each of its findings. Each attempt has
 * test cases of its own, because GitLab shows one of several with the same name only, and because Surefire's `flakyFailure`
 * makes a pass of what failed at first, which is what we call flaky. No name holds the number of a run: readers compare runs
 * by names.
 */
export function reportJunit(report: Report): string {
  const cells = checksOf(report)
  const suites = cells.length === 0 ? [emptySuite(report)] : cells.map((cell) => suiteOf(report, cell))
  const all = suites.map(({ attributes }) => attributes)
  const sum = (key: string) => all.reduce((total, attributes) => total + Number(attributes[key]), 0)
  return document({
    name: 'testsuites',
    attributes: {
      name: titleOf(report),
      tests: sum('tests'),
      failures: sum('failures'),
      errors: sum('errors'),
      time: sum('time').toFixed(3),
    },
    children: suites,
  })
}

type Suite = Element & { attributes: NonNullable<Element['attributes']> }

/** A night without a run, or a run without a cell, has shown nothing, which is no pass. */
function emptySuite(report: Report): Suite {
  const check: Check = { name: 'begins', result: 'error', word: 'nothing', why: summaryOf(report), lines: [] }
  return suite(report, { name: titleOf(report), classname: classOf(report, 'night') }, [{ check, seconds: 0 }], [])
}

function suiteOf(report: Report, checks: CellChecks): Suite {
  const { cell, verdict, attempts } = checks
  const cases = [
    { check: { ...verdict, lines: howToLook(cell) }, seconds: 0 },
    ...attempts.flatMap(({ attempt, ending, findings }) => [
      { check: within(attempt.number, ending), seconds: ((attempt.ended ?? attempt.started) - attempt.started) / 1000 },
      ...findings.map((check) => ({ check: within(attempt.number, check), seconds: 0 })),
    ]),
  ]
  if (cases.length !== everyCheck(checks).length) throw new Error(`checks of ${cell.result} are lost`)
  return suite(report, { name: cell.id, classname: classOf(report, cell.id) }, cases, propertiesOf(report, cell))
}

function suite(
  { run, night }: Report,
  { name, classname }: { name: string; classname: string },
  cases: { check: Check; seconds: number }[],
  properties: [name: string, value: string][],
): Suite {
  const count = (...results: Check['result'][]) => cases.filter(({ check }) => results.includes(check.result)).length
  const began = run?.started ?? night?.due
  return {
    name: 'testsuite',
    attributes: {
      name,
      tests: cases.length,
      failures: count('fail'),
      errors: count('error'),
      skipped: count('skip', 'expected'),
      time: cases.reduce((total, { seconds }) => total + seconds, 0).toFixed(3),
      timestamp: began === undefined ? undefined : new Date(began).toISOString().slice(0, 19),
    },
    children: [
      ...(properties.length === 0
        ? []
        : [
            {
              name: 'properties',
              children: properties.map(([key, value]) => ({ name: 'property', attributes: { name: key, value } })),
            },
          ]),
      ...cases.map(({ check, seconds }) => ({
        name: 'testcase',
        attributes: { name: check.name, classname, time: seconds.toFixed(3) },
        children: outcomeOf(check),
      })),
    ],
  }
}

function within(attempt: number, check: Check): Check {
  return { ...check, name: `attempt ${attempt}: ${check.name}` }
}

/** Jenkins takes what stands before the last full stop for a package, so there is one: the plan's name. */
function classOf({ run, night }: Report, name: string): string {
  return `${(run?.plan ?? night?.schedule ?? '').replaceAll('.', '_')}.${name.replaceAll('.', '_')}`
}

function outcomeOf({ result, word, why, lines }: Check): Element[] {
  const text = [why, ...lines].join('\n')
  switch (result) {
    case 'pass':
      return lines.length === 0 ? [] : [{ name: 'system-out', children: text }]
    case 'fail':
      return [{ name: 'failure', attributes: { type: word, message: why }, children: text }]
    case 'error':
      return [{ name: 'error', attributes: { type: word, message: why }, children: text }]
    // As pytest writes what it calls xfail.
    case 'expected':
      return [{ name: 'skipped', attributes: { type: 'expected', message: `As expected: ${why}` }, children: text }]
    case 'skip':
      return [{ name: 'skipped', attributes: { type: word, message: why } }]
  }
}

function howToLook({ attempts }: ReportCell): string[] {
  return attempts.map(({ id, ending }) => `attempt ${id}: ${ending ?? 'open'}; by hand: hyplab reproduce ${id}`)
}

function propertiesOf(report: Report, cell: ReportCell): [string, string][] {
  const { result, axes, cmdline, target, kernelBuild, firmwareBuild, known, attempts } = cell
  const unfinished = unfinishedOf(report)
  const given: [string, string | null | undefined][] = [
    ['cell', result],
    ...Object.entries(axes),
    ['cmdline', cmdline],
    ['target class', target],
    ['kernel build', kernelBuild],
    ['firmware build', firmwareBuild],
    ['places', [...new Set(attempts.map(({ place }) => place))].join(', ')],
    ['schedule', report.night?.schedule],
    ['known', known],
    ['unfinished', unfinished],
  ]
  return given.flatMap(([name, value]) => (value ? [[name, value]] : []))
}
