/** test/others-tools/report-readers.test.ts holds the same against KCIDB's own schema. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { kcidbOf } from '../../reports/kcidb/submission.ts'
import { hostileReports, plainReport } from './made-report.ts'

it('an attempt is a boot of its own; the findings of one that counts are tests, too', () => {
  const { version, checkouts, builds, tests } = kcidbOf(plainReport(), 'our_lab')
  expect(version).toEqual({ major: 5, minor: 3 })
  expect(checkouts).toHaveLength(1)
  expect(checkouts[0]).toMatchObject({ patchset_hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(builds).toMatchObject([
    {
      id: `our_lab:${'a'.repeat(64)}`,
      architecture: 'arm64',
      config_name: 'ffa=y',
      compiler: 'aarch64-linux-gnu-gcc 14.2.0',
      status: 'PASS',
    },
  ])
  const boots = tests.filter(({ path }) => path === 'boot')
  expect(boots.map(({ id, status }) => [id, status])).toEqual([
    ['our_lab:lab-run-12.1.1', 'PASS'],
    ['our_lab:lab-run-12.2.1', 'ERROR'],
    ['our_lab:lab-run-12.2.2', 'PASS'],
    ['our_lab:lab-run-12.3.1', 'PASS'],
    ['our_lab:lab-run-12.3.2', 'PASS'],
    ['our_lab:lab-run-12.4.1', 'ERROR'],
    ['our_lab:lab-run-12.4.2', 'ERROR'],
    ['our_lab:lab-run-12.4.3', 'ERROR'],
    ['our_lab:lab-run-12.5.1', 'PASS'],
    ['our_lab:lab-run-12.6', 'MISS'],
  ])
  const usable = tests.filter(({ path }) => path === 'hyplab.ffa.usable')
  expect(usable.map(({ status }) => status)).toEqual(['FAIL', 'PASS', 'FAIL', 'PASS', 'FAIL'])
  expect(usable[0]).toMatchObject({
    log_excerpt: expect.stringContaining('> uart0:3  [    0.537277] ARM FF-A: Firmware version 1.2 found'),
    misc: { attempt: 1, verdict: 'fail', facts: { errno: -22 } },
  })
})

it('the hash of the patches is that of their hashes, a line each, as the schema asks for', () => {
  // By sha256sum, of one line of 64 times the letter e.
  const [checkout] = kcidbOf(plainReport(), 'x').checkouts
  expect(checkout!.patchset_hash).toBe('ebd4296e1b838fa9dcc7974ee43c737faf445a3351e2634ed1129d9d59723406')
})

it('the same build is told once, and the same source, also of several runs', () => {
  const report = plainReport()
  const later = { ...report, run: { ...report.run!, workflowId: 'lab-run-13' } }
  const [one, other] = [kcidbOf(report, 'x'), kcidbOf(later, 'x')]
  expect(other.checkouts).toEqual(one.checkouts)
  expect(other.builds.map(({ id }) => id)).toEqual(one.builds.map(({ id }) => id))
  expect(one.tests.filter(({ id }) => other.tests.some((test) => test.id === id))).toEqual([])
})

it('whatever was said: no cell is lost, ids are unique, what is named is there, nothing is null', () => {
  fc.assert(
    fc.property(hostileReports, (report) => {
      const submission = kcidbOf(report, 'x')
      const { checkouts, builds, tests } = submission
      const cells = new Set(tests.map(({ misc }) => (misc as { result: string }).result))
      expect([...cells]).toEqual(report.cells.map(({ result }) => result))
      const boots = tests.filter(({ path }) => path === 'boot').length
      const attempts = report.cells.reduce((sum, cell) => sum + Math.max(1, cell.attempts.length), 0)
      expect(boots).toBe(attempts)
      for (const list of [checkouts, builds, tests]) expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
      for (const { build_id: build } of tests) expect(builds.some(({ id }) => id === build)).toBe(true)
      for (const { checkout_id: checkout } of builds) expect(checkouts.some(({ id }) => id === checkout)).toBe(true)
      for (const { path, log_excerpt: excerpt = '' } of tests) {
        expect(path).toMatch(/^([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*)?$/)
        expect(excerpt.length).toBeLessThanOrEqual(16_384)
      }
      expect(JSON.stringify(submission)).not.toMatch(/:null|\\u0000/)
    }),
    { numRuns: 40 },
  )
})
