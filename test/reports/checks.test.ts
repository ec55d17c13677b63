import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checksOf, everyCheck } from '../../reports/checks.ts'
import { hostileReports, makeReport, plainReport } from './made-report.ts'

it('each verdict is a check that comes to what the exit code says of it', () => {
  const checks = checksOf(plainReport())
  expect(checks.map(({ verdict: { word, result } }) => [word, result])).toEqual([
    ['fail', 'fail'],
    ['pass', 'pass'],
    ['flaky', 'fail'],
    ['infra', 'error'],
    ['known-fail', 'expected'],
    ['not run', 'skip'],
  ])
})

it('of a failed attempt those findings fail that the plan asked for; what only follows does not', () => {
  const [{ attempts } = { attempts: [] }] = checksOf(plainReport())
  expect(attempts[0]!.findings.map(({ name, result }) => [name, result])).toEqual([
    ['order.ffa-before-kvm', 'skip'],
    ['ffa.usable', 'fail'],
    ['optee.driver', 'skip'],
    ['tpm.driver', 'skip'],
  ])
})

it('an attempt that does not count is skipped with all that was found in it, and says so', () => {
  const [, retried] = checksOf(plainReport())
  const [broken, counted] = retried!.attempts
  expect(broken!.ending).toMatchObject({ result: 'skip', why: expect.stringMatching(/^It does not count: QEMU ended/) })
  expect(broken!.findings.map(({ result }) => result)).toEqual(['skip'])
  expect(counted!.ending).toMatchObject({ result: 'pass' })
})

it('what is known reddens no check, and stays visible', () => {
  const report = plainReport()
  const known = { ...report, cells: report.cells.map((cell) => ({ ...cell, known: 'the thread (the lab)' })) }
  const [bad] = checksOf(known)
  expect(everyCheck(bad!).filter(({ result }) => result === 'fail')).toEqual([])
  expect(bad!.verdict).toMatchObject({ result: 'expected', word: 'fail', why: expect.stringContaining('the thread') })
})

it('a known bug that is gone fails with what passes though it should not', () => {
  const [, good] = plainReport().cells
  const { id, axes } = good!
  const wants = [{ known: 'a bug', findings: [{ id: 'a', outcome: 'fail' as const, facts: {} }], at: 'p.yaml:1:1' }]
  const finding = { id: 'a', outcome: 'pass' as const, sentence: 'It works.', evidence: [], facts: {} }
  const attempt = { number: 1, ending: 'finished' as const, sentence: '', findings: [finding] }
  const [checks] = checksOf(makeReport([{ id, axes, expectations: wants, attempts: [attempt], log: [] }]))
  expect(checks!.verdict).toMatchObject({ result: 'fail', word: 'fixed' })
  expect(checks!.attempts[0]!.findings).toMatchObject([
    { result: 'fail', word: 'unexpected pass', why: 'The plan expects otherwise: It works.' },
  ])
})

it('a build that fails is told by the cells of a run of builds', () => {
  const report = plainReport()
  const cells = report.cells.map((cell) => ({ ...cell, state: 'builds only' as const, verdict: null, attempts: [] }))
  const fault = { message: 'driver.c:12: error' }
  const builds = report.builds.map((build) => ({ ...build, outcome: 'failed' as const, fault }))
  expect(checksOf({ cells, builds })[0]!.verdict).toMatchObject({
    result: 'fail',
    why: expect.stringContaining('error'),
  })
  expect(checksOf({ cells, builds: [] })[0]!.verdict).toMatchObject({ result: 'skip' })
})

it('a check fails only in cells whose verdict is not as expected, and in each of these one does', () => {
  fc.assert(
    fc.property(hostileReports, (report) => {
      for (const checks of checksOf(report)) {
        const { verdict, known } = checks.cell
        const isWrong = ['fail', 'fixed', 'flaky', 'inconclusive'].includes(verdict?.verdict ?? '') && known === null
        const failed = everyCheck(checks).filter(({ result }) => result === 'fail')
        if (verdict !== null) expect(failed.length > 0).toBe(isWrong)
        expect(checks.verdict.result === 'fail').toBe(isWrong)
      }
    }),
    { numRuns: 150 },
  )
})
