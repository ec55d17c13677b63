import { describe, expect, it } from 'vitest'
import { parseSchedule } from '../../../domain/schedule/parse-schedule.ts'
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

  it.each([
    ['', 'nightly.yaml:1:1: the schedule is empty'],
    ['plan: p.yaml', 'nightly.yaml:1:1: it does not say when: cron is missing'],
    ['plan: p.yaml\ncron: 1 2 * * *\nevery: 6 h', 'nightly.yaml:3:8: it says twice when'],
    ['plan: p.yaml\nevery: 10 s', 'nightly.yaml:2:8: 10 s is too short'],
    ['plan: p.yaml\ncron: 1 25 * * *', 'nightly.yaml:2:7: "1 25 * * *" is no cron line'],
    ['plan: p.yaml\ncron: 0 30 2 * * *', 'nightly.yaml:2:7: "0 30 2 * * *" is no cron line'],
    ["plan: p.yaml\ncron: '@daily'", 'nightly.yaml:2:7: "@daily" is no cron line'],
    ['plan: p.yaml\ncron: 1 2 * * *\nzone: Berlin', 'nightly.yaml:3:7: "Berlin" is no time zone that is known here'],
    ['plan: p.yaml\ncron: 1 2 * * *\nuntil: 7:00', 'nightly.yaml:3:8: "7:00" is no time of day'],
    ['plan: p.yaml\ncron: 1 2 * * *\nuntil: 25', 'nightly.yaml:3:8: 25 is no time of day'],
    ['plan: p.yaml\ncron: 1 2 * * *\noverlap: queue', 'nightly.yaml:3:10: '],
    ['plan: p.yaml\ncrom: 1 2 * * *', 'did you mean "cron"?'],
    ['plan: p.yaml\ncron: 1 2 * * *\nonly: { kernels: a }', 'did you mean "kernel"?'],
    ['plan: p.yaml\ncron: 1 2 * * *\njitter: 5', 'nightly.yaml:3:9: '],
    ['plan: p.yaml\ncron: 1 2 * * *\nbudget: 2 h', 'nightly.yaml:3:9: budget is text; it would be a map'],
    ['plan: p.yaml\ncron: 1 2 * * *\nbudget: { qemu: 120 }', 'nightly.yaml:3:17: 120 is not a time'],
    ['plan: p.yaml\ncron: 1 2 * * *\nbudget: { qemu: two h }', 'nightly.yaml:3:17: "two h" is not a time'],
    ['plan: p.yaml\ncron: 1 2 * * *\nunchanged: repeat', 'nightly.yaml:3:12: "repeat" is not right here'],
    ['cron: 1 2 * * *', 'plan'],
    ['plan: [a, b', 'nightly.yaml:1:'],
  ])('%j is refused where the mistake stands', (text, sentence) => {
    expect(mistakes(text).join('\n')).toContain(sentence)
  })
})
