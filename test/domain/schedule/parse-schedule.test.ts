import { describe, expect, it } from 'vitest'
import { parseSchedule } from '../../../domain/schedule/parse-schedule.ts'
import { brokenSchedules } from './broken-schedules.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'

const parse = (text: string) => parseSchedule(text, 'nightly.yaml', 'nightly', (path) => `/lab/schedules/${path}`)

function mistakes(text: string): string[] {
  const parsed = parse(text)
  return parsed.ok ? [] : parsed.errors.map(formatError)
}

describe('a schedule', () => {
  it('says which plan is run, when, and in which window', () => {
    const text = [
      'description: every night',
      'plan: first.yaml',
      'only: { config: ffa=y, mode: [protected, nvhe] }',
      'lab: bench.yaml',
      "cron: '30 2 * * 1-5'",
      'zone: Europe/Berlin',
      'jitter: 5 min',
      "until: '07:00'",
      'overlap: buffer-one',
      'catch-up: 1 h',
      'at-once: 4',
      'budget: { qemu: 2 h, rk3588: 30 min }',
      'unchanged: repeat-unsure',
      'owner: lab@example.org',
    ].join('\n')
    expect(parse(text)).toMatchObject({
      ok: true,
      schedule: {
        name: 'nightly',
        description: 'every night',
        plan: '/lab/schedules/first.yaml',
        only: { config: ['ffa=y'], mode: ['protected', 'nvhe'] },
        lab: '/lab/schedules/bench.yaml',
        when: { at: { kind: 'cron', cron: '30 2 * * 1-5' }, zone: 'Europe/Berlin', jitter: 300, until: 420 },
        overlap: 'buffer-one',
        catchUp: 3600,
        atOnce: 4,
        budget: { qemu: 7200, rk3588: 1800 },
        unchanged: 'repeat-unsure',
        owner: 'lab@example.org',
      },
    })
  })

  it('needs no more than a plan and an hour', () => {
    expect(parse('plan: p.yaml\nevery: 6 h')).toMatchObject({
      ok: true,
      schedule: {
        only: {},
        lab: undefined,
        when: { at: { kind: 'every', seconds: 21_600 }, zone: 'UTC', jitter: 0, until: undefined },
        overlap: 'skip',
        catchUp: 7200,
        confirm: 5,
        budget: {},
        unchanged: 'run',
      },
    })
  })

  it.each(brokenSchedules)('%s is refused where the mistake stands, with a way out', (_what, text, says) => {
    expect(mistakes(text)).toEqual([says].flat().map((line) => `nightly.yaml:${line}`))
  })
})
