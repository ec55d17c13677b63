/** The programs for which reports are made read them, also those in which every text is hostile. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Report } from '../../domain/report/report.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { checksOf, everyCheck } from '../../reports/checks.ts'
import { renderReport } from '../../reports/formats.ts'
import { realTree } from '../builds/kernel/small-kernel.ts'
import { hostileReports, makeReport, plainReport } from '../reports/made-report.ts'
import { fetchSource, installWheels } from './pip.ts'

vi.setConfig({ testTimeout: 120_000 })

/** What reads JUnit XML in Python, and KernelCI's own library, as they were in November 2026. */
const wheels = `
junitparser==5.0.3 --hash=sha256:553535b8cd1672a9c8bd2c7326ae1ae69279267fbc562106b5aa44d3c5f769af
kcidb-io==141 --hash=sha256:95bcce42e0b82ceace8ca29a6c5aa9332c9463860051872788fcc424b642657e
`

/** pytest holds its own JUnit files against the schema by which Jenkins' xUnit plugin reads them, and has it among its tests. */
const pytest = 'pytest==8.3.5 --hash=sha256:f4efe70cc14e511565ac476b57c279e12a855b11f48f212af1080ef2263d3845'

/** The same ones in each run of the test, so that what fails once fails again. */
const hostile = fc.sample(hostileReports, { seed: 20_261_130, numRuns: 60 })
const reports: [name: string, report: Report][] = [
  ['a run', plainReport()],
  ['a night', plainReport('nightly')],
  ['a run without a cell', makeReport([])],
  ...hostile.map((report, index): [string, Report] => [`hostile report ${index + 1}`, report]),
]

let folder: string
let library: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-test-'))
  library = await installWheels(folder, wheels)
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

/** Runs a Python program with what was installed, on one file for each report. */
async function python(program: string, format: 'junit' | 'kcidb'): Promise<string> {
  const files = await Promise.all(
    reports.map(async ([, report], index) => {
      const file = join(folder, `${index}.${format}`)
      await writeFile(file, renderReport(report, format))
      return file
    }),
  )
  return await runOrThrow('/usr/bin/python3', ['-c', program, ...files], { env: { PYTHONPATH: library } })
}

describe("the kernel's kunit.py parse", () => {
  let kunit: string
  beforeAll(async () => {
    kunit = join((await realTree()).folder, 'tools/testing/kunit/kunit.py')
  }, 20 * 60_000)

  it.each(reports)('finds each check of %s as it was, and nothing to complain of', async (_name, report) => {
    const file = join(folder, 'report.ktap')
    await writeFile(file, renderReport(report, 'ktap'))
    // Nobody writes into a tree that is built from.
    const env = { PYTHONDONTWRITEBYTECODE: '1' }
    const { code, stdout } = await run('/usr/bin/python3', [kunit, 'parse', file], { env })
    const checks = checksOf(report).flatMap(everyCheck)
    const count = (...results: string[]) => checks.filter(({ result }) => results.includes(result)).length
    const expected = {
      passed: count('pass', 'expected'),
      failed: checks.length === 0 ? 1 : count('fail', 'error'),
      skipped: count('skip'),
    }
    const [, said = ''] = /Testing complete\. Ran \d+ tests: (.*)$/m.exec(stdout) ?? []
    const found = Object.fromEntries(
      [...said.matchAll(/(\w+): (\d+)/g)].map(([, word, number]) => [word, Number(number)]),
    )
    expect({ passed: 0, failed: 0, skipped: 0, ...found }, stdout).toEqual(expected)
    // For it a report in which everything was skipped is no success.
    expect(code === 0).toBe(expected.failed === 0 && expected.passed > 0)
  })
})

describe('JUnit', () => {
  it('is read by junitparser, each case with its result', async () => {
    const program = `
import json, sys
from junitparser import JUnitXml
def result(case):
    return case.result[0]._tag if case.result else 'passed'
read = [[[case.name, result(case)] for suite in JUnitXml.fromfile(file) for case in suite] for file in sys.argv[1:]]
print(json.dumps(read))
`
    const read = JSON.parse(await python(program, 'junit')) as [string, string][][]
    const words = { pass: 'passed', fail: 'failure', error: 'error', skip: 'skipped', expected: 'skipped' } as const
    for (const [index, [name, report]] of reports.entries()) {
      const checks = checksOf(report).flatMap(everyCheck)
      if (checks.length === 0) expect(read[index], name).toEqual([['begins', 'error']])
      else
        expect(
          read[index]!.map(([, result]) => result),
          name,
        ).toEqual(checks.map(({ result }) => words[result]))
    }
  })
})

describe("the schema of Jenkins' xUnit plugin", () => {
  let schema: string
  beforeAll(async () => {
    schema = join(await fetchSource(folder, pytest), 'testing/example_scripts/junit-10.xsd')
  })
  const validate = async (...files: string[]) => await run('xmllint', ['--noout', '--schema', schema, ...files])

  it('takes each report', async () => {
    const files = reports.map((_, index) => join(folder, `jenkins-${index}.xml`))
    for (const [index, [, report]] of reports.entries()) await writeFile(files[index]!, renderReport(report, 'junit'))
    const { code, stderr } = await validate(...files)
    expect(stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'))).toEqual([])
    expect(code).toBe(0)
  })

  it('refuses one with an attribute that nobody knows: it is looked at', async () => {
    const file = join(folder, 'wrong.xml')
    await writeFile(file, renderReport(plainReport(), 'junit').replace('<testcase ', '<testcase attempt="1" '))
    expect(await validate(file)).toMatchObject({ code: 3, stderr: expect.stringContaining("attribute 'attempt'") })
  })
})

describe('KCIDB', () => {
  it("is valid by KernelCI's own schema, in the version that it names", async () => {
    const program = `
import json, sys, kcidb_io
version = kcidb_io.schema.V5_3
for file in sys.argv[1:]:
    data = json.load(open(file))
    assert version.is_compatible_exactly(data)
    version.validate_exactly(data)
    print(version.count(data))
`
    const counts = (await python(program, 'kcidb')).trim().split('\n').map(Number)
    expect(counts).toHaveLength(reports.length)
    expect(counts[0]).toBeGreaterThan(10)
  })

  it('is refused by it where a status has no such word: it is looked at', async () => {
    const program = `
import json, sys, kcidb_io
data = json.load(open(sys.argv[1]))
data['tests'][0]['status'] = 'INFRA'
print(kcidb_io.schema.V5_3.is_valid_exactly(data))
`
    expect((await python(program, 'kcidb')).trim()).toBe('False')
  })
})
