import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Report } from '../../domain/report/report.ts'
import { reportJunit } from '../../reports/junit.ts'
import { hostileReports, makeReport, plainReport } from './made-report.ts'
import { readXml, type XmlElement } from './xml-reader.ts'

const cases = ({ children }: XmlElement) => children.filter(({ name }) => name === 'testcase')
const count = (suite: XmlElement, ...names: string[]) =>
  cases(suite).filter(({ children }) => children.some(({ name }) => names.includes(name))).length

/** So many test cases there must be: a verdict a cell, and of each attempt its ending and its findings. */
function expected({ cells }: Report): number {
  const ofCell = ({ attempts }: Report['cells'][0]) =>
    1 + attempts.reduce((sum, { findings }) => sum + 1 + findings.length, 0)
  return cells.reduce((sum, cell) => sum + ofCell(cell), 0)
}

it('a cell is a suite with its verdict, each attempt, and each finding of it', () => {
  const [first, second, third, fourth] = readXml(reportJunit(plainReport())).children
  expect(first!.attributes).toMatchObject({
    name: 'linux-6.18.5/ffa=y/optee-sel1/protected/qemu',
    tests: '6',
    failures: '2',
    errors: '0',
    skipped: '3',
    time: '2.400',
    timestamp: '2026-12-01T01:30:00',
  })
  expect(cases(first!).map(({ attributes }) => attributes['name'])).toEqual([
    'verdict',
    'attempt 1: ending',
    'attempt 1: order.ffa-before-kvm',
    'attempt 1: ffa.usable',
    'attempt 1: optee.driver',
    'attempt 1: tpm.driver',
  ])
  const [verdict, , , usable] = cases(first!)
  expect(verdict!.attributes['classname']).toBe('first-look.linux-6_18_5/ffa=y/optee-sel1/protected/qemu')
  expect(verdict!.children[0]).toMatchObject({ name: 'failure', attributes: { type: 'fail' } })
  expect(usable!.children[0]!.text).toContain('> uart0:3  [    0.537277] ARM FF-A: Firmware version 1.2 found')
  expect(second!.attributes).toMatchObject({ failures: '0', errors: '0' })
  // A pass on the second attempt is no pass.
  expect(third!.attributes['failures']).toBe('2')
  expect(fourth!.attributes).toMatchObject({ errors: '1', failures: '0' })
})

/** What all readers know: of the schema of Jenkins' xUnit plugin (junit-10.xsd) the part that Ant's own has, too. */
const known: Record<string, { attributes: string[]; children: string[] }> = {
  testsuites: { attributes: ['name', 'tests', 'failures', 'errors', 'time'], children: ['testsuite'] },
  testsuite: {
    attributes: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'],
    children: ['properties', 'testcase'],
  },
  properties: { attributes: [], children: ['property'] },
  property: { attributes: ['name', 'value'], children: [] },
  testcase: { attributes: ['name', 'classname', 'time'], children: ['failure', 'error', 'skipped', 'system-out'] },
  failure: { attributes: ['type', 'message'], children: [] },
  error: { attributes: ['type', 'message'], children: [] },
  skipped: { attributes: ['type', 'message'], children: [] },
  'system-out': { attributes: [], children: [] },
}

function foreignTo(element: XmlElement): string[] {
  const { attributes, children } = known[element.name] ?? { attributes: [], children: [] }
  const strange = Object.keys(element.attributes).filter((name) => !attributes.includes(name))
  const names = element.children.map(({ name }) => name)
  // Properties come first, and of a test case there is one result.
  const misplaced = names.lastIndexOf('properties') > 0 || (element.name === 'testcase' && names.length > 1)
  return [
    ...strange,
    ...names.filter((name) => !children.includes(name)),
    ...(misplaced ? [`order in ${element.name}`] : []),
    ...element.children.flatMap(foreignTo),
  ]
}

it('it keeps to the elements and attributes that all readers know', () => {
  for (const report of [plainReport(), plainReport('nightly'), makeReport([])])
    expect(foreignTo(readXml(reportJunit(report)))).toEqual([])
})

it('a name does not change from run to run: readers compare runs by names', () => {
  const names = (report: Report) =>
    readXml(reportJunit(report)).children.map((suite) => [
      suite.attributes['name'],
      cases(suite).map(({ attributes }) => [attributes['classname'], attributes['name']]),
    ])
  const report = plainReport()
  const later = {
    ...report,
    run: { ...report.run!, id: 99 },
    cells: report.cells.map((cell) => ({ ...cell, result: `99.${cell.number}` })),
  }
  expect(names(later)).toEqual(names(report))
})

it('a run without a cell is an error, not an empty success', () => {
  const root = readXml(reportJunit(makeReport([])))
  expect(root.attributes).toMatchObject({ tests: '1', errors: '1' })
})

it('whatever was said, the XML is legal, every check is there once, and the counts are those of the test cases', () => {
  fc.assert(
    fc.property(hostileReports, (report) => {
      const root = readXml(reportJunit(report))
      const suites = root.children
      expect(suites).toHaveLength(Math.max(1, report.cells.length))
      if (report.cells.length > 0) expect(suites.flatMap(cases)).toHaveLength(expected(report))
      for (const suite of suites) {
        const { tests, failures, errors, skipped } = suite.attributes
        expect([tests, failures, errors, skipped].map(Number)).toEqual([
          cases(suite).length,
          count(suite, 'failure'),
          count(suite, 'error'),
          count(suite, 'skipped'),
        ])
        const names = cases(suite).map(({ attributes }) => attributes['name'])
        expect(new Set(names).size).toBe(names.length)
      }
      const sum = (key: string) => suites.reduce((total, { attributes }) => total + Number(attributes[key]), 0)
      for (const key of ['tests', 'failures', 'errors']) expect(Number(root.attributes[key])).toBe(sum(key))
    }),
    { numRuns: 50 },
  )
})
