import fc from 'fast-check'
import { expect, it } from 'vitest'
import { reportMarkdown } from '../../reports/markdown.ts'
import { hostileReports, plainReport } from './made-report.ts'

it('a run is told with a table of its cells, causes first, console lines in fences', () => {
  const text = reportMarkdown(plainReport())
  expect(text).toContain(
    [
      '| config | mode protected | mode nvhe |',
      '| --- | --- | --- |',
      '| ffa=y | 12.1 fail | 12.2 pass |',
      '| ffa=m | 12.3 flaky | 12.4 infra |',
      '| ffa=n | 12.5 known-fail | 12.6 not run |',
      '',
      'In all: kernel linux-6.18.5, stack optee-sel1, target qemu.',
    ].join('\n'),
  )
  expect(text).toContain('## fail: ffa.usable · -22\n')
  expect(text).toContain('- order.ffa-before-kvm, and from it ffa.usable, optee.driver')
  expect(text).toMatch(
    /```text\n {2}uart0:1 {2}\[.*\n> uart0:2 {2}\[ {4}0\.536521\] calling {2}ffa_init\+0x0\/0x708 @ 1\n/,
  )
  expect(text).toContain('By hand: `hyplab reproduce 12.1.1`')
})

it('nothing that was said is markup outside of a fence, and no fence is closed by what stands in it', () => {
  fc.assert(
    fc.property(hostileReports, (report) => {
      let fence = ''
      for (const line of reportMarkdown(report).split('\n')) {
        const [mark = ''] = /^`{3,}/.exec(line) ?? []
        if (fence === '' && mark !== '') {
          expect(line).toBe(`${mark}text`)
          fence = mark
        } else if (fence !== '' && mark.length >= fence.length && line === mark) fence = ''
        else if (fence === '') {
          // What remains without a backslash before it is our own.
          const bare = line.replaceAll(/\\[\\`*_[\]<>|~&$#+.)-]/g, '').replaceAll('&#64;', '')
          expect(bare).not.toMatch(/[<>[\]~@]|&[#\w]/)
        }
      }
      expect(fence).toBe('')
    }),
    { numRuns: 50 },
  )
})
