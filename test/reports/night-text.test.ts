import { expect, it } from 'vitest'
import { compareNight } from '../../domain/night/compare-night.ts'
import type { CellNight } from '../../domain/night/cell-night.ts'
import { tellNight } from '../../domain/night/tell-night.ts'
import { nightText } from '../../reports/night-text.ts'
import { wrap } from '../../reports/wrap.ts'

const at = Date.parse('2026-12-01T01:30Z')
const cell = 'linux-6.18.5/ffa=y/optee-sel1/protected/qemu'
const night = (result: string, verdict: 'pass' | 'fail', version: string): CellNight => ({
  cell,
  result,
  at: verdict === 'pass' ? at - 86_400_000 : at,
  verdict,
  sentence: '',
  unexpected: { failed: verdict === 'fail' ? 1 : 0, of: 1 },
  failing:
    verdict === 'fail'
      ? [
          {
            id: 'ffa.usable',
            sentence:
              'FF-A calls after pKVM took over are refused: FFA_ID_GET came back with INVALID_PARAMETERS (-22).',
            facts: { errno: -22, status: 'INVALID_PARAMETERS' },
          },
        ]
      : [],
  inputs: { kernel: { sources: [{ version }] } },
})

it('a night is told as a mail: what is new, since when, what moved', () => {
  const past = () => [night('13.1', 'pass', '6.18.4-1')]
  const story = tellNight(compareNight([night('14.1', 'fail', '6.18.5-1')], past), [], past, at)
  const head = {
    schedule: 'nightly',
    due: '2026-12-01 01:30 UTC',
    run: 14,
    fault: null,
    summary: 'Not as expected: 1 fail.',
  }
  expect(nightText(head, story)).toBe(
    [
      'nightly, night of 2026-12-01 01:30 UTC, run 14: Not as expected: 1 fail.',
      '',
      '1 new failure.',
      '',
      'NEW FAILURE  ffa.usable · -22 · INVALID_PARAMETERS',
      '  FF-A calls after pKVM took over are refused: FFA_ID_GET came back with',
      '  INVALID_PARAMETERS (-22).',
      '  14.1  linux-6.18.5/ffa=y/optee-sel1/protected/qemu',
      '        last good: 13.1 (2026-11-30)',
      '        moved: kernel.sources.0.version 6.18.4-1 -> 6.18.5-1',
      '',
    ].join('\n'),
  )
})

it('a night in which nothing moved says since when, and what stands of the cells that it left', () => {
  const left: CellNight = {
    ...night('14.1', 'pass', '6.18.4-1'),
    verdict: null,
    unchanged: true,
    sentence: 'Not run: nothing moved since the night of 2026-11-29 (run 12).',
    at,
  }
  const past = () => [night('13.1', 'pass', '6.18.4-1')]
  const head = {
    schedule: 'nightly',
    due: '',
    run: 14,
    fault: null,
    summary: '',
    unchangedSince: { run: 12, at: at - 2 * 86_400_000 },
  }
  const text = nightText(head, tellNight(compareNight([left], past), [], past, at))
  expect(text).toContain('\n1 unchanged.\nNothing moved since the night of 2026-11-29 (run 12).\n')
  expect(text).toContain('\nUNCHANGED\n  Not run: nothing moved since the night of 2026-11-29 (run 12).\n')
  expect(text).toContain('\n        as in 13.1 (2026-11-30): pass\n')
})

it('a night that did not begin says why', () => {
  const story = tellNight([], [], () => [], at)
  const head = {
    schedule: 'nightly',
    due: '2026-12-01',
    run: null,
    fault: 'plan.yaml:1:1: it is empty',
    summary: '',
    owner: 'the lab',
  }
  expect(nightText(head, story)).toContain('did not begin: plan.yaml:1:1: it is empty')
  expect(nightText(head, story)).toContain('\nowner: the lab\n')
})

it('what is too long for a line of a mail is not broken', () => {
  const long = 'x'.repeat(90)
  expect(wrap(`before ${long} behind`, '  ')).toEqual(['  before', `  ${long}`, '  behind'])
})

it('of a command line that moved only the words that differ are told', () => {
  const withLine = (each: CellNight, cmdline: string): CellNight => ({ ...each, inputs: { cmdline } })
  const past = () => [withLine(night('13.1', 'pass', ''), 'quiet kvm-arm.mode=nvhe panic=-1')]
  const tonight = [withLine(night('14.1', 'fail', ''), 'quiet kvm-arm.mode=protected panic=-1 debug')]
  const head = { schedule: 'nightly', due: '', run: 14, fault: null, summary: '' }
  expect(nightText(head, tellNight(compareNight(tonight, past), [], past, at)).replaceAll(/\s+/g, ' ')).toContain(
    'moved: cmdline kvm-arm.mode=nvhe -> kvm-arm.mode=protected debug',
  )
})
