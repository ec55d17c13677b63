/** test/others-tools/report-readers.test.ts holds the same against the kernel's own reader. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checksOf, everyCheck } from '../../reports/checks.ts'
import { reportKtap } from '../../reports/ktap.ts'
import { hostileReports, makeReport, plainReport } from './made-report.ts'

const result = /^(\s*)(ok|not ok) (\d+) ([^#]*?)(?: # (.*))?$/

/** The results of a report, with how deep each stands. */
function resultsIn(text: string): { depth: number; ok: boolean; name: string; rest: string | undefined }[] {
  return text.split('\n').flatMap((line) => {
    const [, indent, word, , name, rest] = result.exec(line) ?? []
    return indent === undefined ? [] : [{ depth: indent.length / 2, ok: word === 'ok', name: name!, rest }]
  })
}

it('a cell is a test with its verdict and its attempts below', () => {
  const text = reportKtap(plainReport())
  expect(text.slice(0, text.indexOf('\nok 2 '))).toMatch(
    /^KTAP version 1\n(?:# \| .*\n)+1\.\.6\n {2}KTAP version 1\n {2}# Subtest: linux-6\.18\.5\/ffa=y\/optee-sel1\/protected\/qemu\n/,
  )
  const first = resultsIn(text).slice(0, 8)
  expect(first.map(({ depth, ok, name }) => [depth, ok, name])).toEqual([
    [1, false, 'verdict'],
    [2, true, 'ending'],
    [2, true, 'order.ffa-before-kvm'],
    [2, false, 'ffa.usable'],
    [2, true, 'optee.driver'],
    [2, true, 'tpm.driver'],
    [1, false, 'attempt-1'],
    [0, false, 'linux-6.18.5/ffa=y/optee-sel1/protected/qemu'],
  ])
  expect(text).toContain('    # | > uart0:3  [    0.537277] ARM FF-A: Firmware version 1.2 found\n')
  expect(text).toMatch(/^ {2}ok 1 verdict # XFAIL known-fail: /m)
  expect(text).toMatch(/^ {2}ok 1 verdict # SKIP not run: /m)
  expect(text).toMatch(/^ {2}not ok 1 verdict # ERROR infra: /m)
})

it('a run without a cell fails', () => {
  expect(reportKtap(makeReport([]))).toMatch(/^1\.\.1\nnot ok 1 run # ERROR /m)
})

it('whatever was said, each check is there once, no other line is a result, and nothing ends the reading', () => {
  fc.assert(
    fc.property(hostileReports, (report) => {
      const text = reportKtap(report)
      const cells = checksOf(report)
      const leaves = cells.flatMap(everyCheck).length
      const groups = cells.reduce((sum, { attempts }) => sum + 1 + attempts.length, 0)
      const results = resultsIn(text)
      if (cells.length > 0) expect(results).toHaveLength(leaves + groups)
      expect(text).not.toMatch(/List of all partitions:|Kernel panic - not syncing: VFS:|reboot: System halted/)
      const others = text.split('\n').filter((line) => line !== '' && !result.test(line))
      for (const line of others) expect(line).toMatch(/^\s*(KTAP version 1|1\.\.\d+|# Subtest: [^#]*|# \|.*)$/)
      // A sentence can make neither a skip nor a result of a check.
      const skipped = cells.flatMap(everyCheck).filter((check) => check.result === 'skip').length
      expect(results.filter(({ rest }) => rest !== undefined && / # SKIP |^SKIP /.test(` # ${rest}`))).toHaveLength(
        skipped,
      )
    }),
    { numRuns: 40 },
  )
})
