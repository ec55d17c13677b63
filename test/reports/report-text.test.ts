import fc from 'fast-check'
import { expect, it } from 'vitest'
import { reportText } from '../../reports/report-text.ts'
import { mailWidth } from '../../reports/wrap.ts'
import { hostileReports, plainReport } from './made-report.ts'

/** What a console said, and what is beside it. */
const quotedLine = /^ {4}[> ] /

it('a run is told by cause: what failed, which lines it rests on, what follows, how to have it again', () => {
  const text = reportText(plainReport())
  expect(text.slice(0, text.indexOf('\n\nFLAKY'))).toBe(
    [
      'run 12, first-look: Not as expected: 1 fail.',
      'began 2026-12-01 01:30 UTC, took 24 s',
      '',
      '1 fail, 1 flaky, 1 infra, 1 not run, 1 known-fail, 1 pass.',
      '',
      'FAIL  ffa.usable · -22',
      '  ffa.usable is fail, not pass: FF-A cannot be used: FFA_ID_GET after',
      '  pKVM took over gave INVALID_PARAMETERS (-22).',
      '  12.1  linux-6.18.5/ffa=y/optee-sel1/protected/qemu',
      '',
      '  attempt 12.1.1: finished: The target powered off after 2.4 s. 3',
      '                  failures, 1 cause.',
      '  order.ffa-before-kvm  fail',
      '    FF-A (ffa_init, built-in) talked to the firmware at 0.537 s, before',
      '    kvm_arm_init ran at 0.622 s.',
      '      uart0:1  [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]',
      '    > uart0:2  [    0.536521] calling  ffa_init+0x0/0x708 @ 1',
      '      uart0:3  [    0.537277] ARM FF-A: Firmware version 1.2 found',
      '    > uart0:4  [    0.621795] calling  kvm_arm_init+0x0/0x12b4 @ 1',
      '      uart0:5  [    0.703777] kvm [1]: Protected hVHE mode initialized successfully',
      '      uart0:6  [    0.792421] optee: Unexpected error -22',
      '    2 follow: ffa.usable, optee.driver',
      '  ffa.usable  fail',
      '    FF-A cannot be used: FFA_ID_GET after pKVM took over gave',
      '    INVALID_PARAMETERS (-22).',
      '    > record 9  FFA_ID_GET at 1.32 s: INVALID_PARAMETERS (-22)',
      '      uart0:1  [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]',
      '      uart0:2  [    0.536521] calling  ffa_init+0x0/0x708 @ 1',
      '    > uart0:3  [    0.537277] ARM FF-A: Firmware version 1.2 found',
      '      uart0:4  [    0.621795] calling  kvm_arm_init+0x0/0x12b4 @ 1',
      '      uart0:5  [    0.703777] kvm [1]: Protected hVHE mode initialized successfully',
    ].join('\n'),
  )
  expect(text).toContain('\nby hand: hyplab reproduce 12.1.1\n')
})

it('a night is told as it was, with the lines of what somebody has to look at', () => {
  const text = reportText(plainReport('nightly'))
  expect(text).toMatch(/^nightly, night of 2026-12-01 02:30 Europe\/Berlin \(01:30 UTC\), run 12:/)
  expect(text).toContain('\nowner: the lab\n')
  expect(text).toMatch(/^NEW FAILURE/m)
  expect(text).toContain('> uart0:2  [    0.536521] calling  ffa_init+0x0/0x708 @ 1')
})

it('a line of a console is not broken, however long it is', () => {
  const report = plainReport()
  const long = `[    9.0] ${'ab '.repeat(200)}end`
  const [cell] = report.cells
  cell!.attempts[0]!.findings[0]!.evidence = [
    { kind: 'console', where: 'uart0:9', lines: [{ number: 9, text: long, cited: true }] },
  ]
  expect(reportText(report).split('\n')).toContain(`    > uart0:9  ${long}`)
})

it.each([undefined, 'nightly'])('no line of ours is longer than a mail has columns (night of %s)', (schedule) => {
  const lines = reportText(plainReport(schedule)).split('\n')
  expect(lines.filter((line) => line.length > mailWidth && !quotedLine.test(line))).toEqual([])
})

it('a line of a hostile run is longer only where a word or a name is', () => {
  fc.assert(
    fc.property(hostileReports, (report) => {
      const names = report.cells.map(({ id }) => id.trim())
      for (const line of reportText({ ...report, night: null, story: null }).split('\n')) {
        if (line.length <= mailWidth || quotedLine.test(line)) continue
        const longest = Math.max(
          ...line
            .trim()
            .split(' ')
            .map(({ length }) => length),
        )
        expect(longest > 20 || names.some((name) => line.includes(name)), line).toBe(true)
      }
    }),
    { numRuns: 50 },
  )
})
