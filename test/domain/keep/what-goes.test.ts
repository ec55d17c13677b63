import { describe, expect, it } from 'vitest'
import { classOf } from '../../../domain/keep/file-class.ts'
import { defaultRules, fileClasses } from '../../../domain/keep/keep-rules.ts'
import { removedSentence, whatGoes, whyBuildGoes, type KeptAttempt } from '../../../domain/keep/what-goes.ts'
import { verdicts } from '../../../domain/verdict/verdict.ts'

const day = 24 * 3600_000
const now = Date.parse('2027-12-01T00:00Z')
const attempt = (days: number, over: Partial<KeptAttempt> = {}): KeptAttempt => ({
  ended: now - days * day,
  ending: 'finished',
  verdict: 'pass',
  lastGood: false,
  spared: undefined,
  classes: new Set(fileClasses),
  ...over,
})
const goes = (days: number, over: Partial<KeptAttempt> = {}) =>
  whatGoes(attempt(days, over), defaultRules, now).map((going) => `${going.class} by ${going.rule}`)

describe('by the rules that hold by themselves', () => {
  it('logs of what passed go after 30 days, with what was booted, and its records after a year', () => {
    expect(goes(30)).toEqual([])
    expect(goes(31)).toEqual(['logs by logs of passed attempts: 30 days', 'images by images without logs: 14 days'])
    expect(goes(366)).toContain('records by records of passed attempts: 1 year')
  })

  it('logs of what failed go after a year, and its records never', () => {
    expect(goes(365, { verdict: 'fail' })).toEqual([])
    expect(goes(4000, { verdict: 'flaky' })).toEqual([
      'logs by logs of failed attempts: 1 year',
      'images by images without logs: 14 days',
    ])
  })

  it('what is expected to fail, and does, has passed; everything else that is no pass has failed', () => {
    const kept = verdicts.filter((verdict) => goes(31, { verdict }).length === 0)
    expect(kept).toEqual(['fail', 'fixed', 'flaky', 'inconclusive', 'infra'])
  })

  it('an attempt that the lab broke is kept as failed also where its cell passed, one that was cancelled is not', () => {
    expect(goes(31, { ending: 'infra' })).toEqual([])
    expect(goes(31, { ending: 'kernel-fault' })).toEqual([])
    expect(goes(31, { ending: 'cancelled', verdict: null })).toHaveLength(2)
  })

  it('the last good one before a failure is kept like the failure', () => {
    expect(goes(31, { lastGood: true })).toEqual([])
  })
})

it('images stay as long as the logs, however short their own time is', () => {
  const rules = { ...defaultRules, images: { age: 0, words: '0 days' } }
  expect(whatGoes(attempt(29), rules, now)).toEqual([])
  expect(whatGoes(attempt(29, { classes: new Set(['images']) }), rules, now)).toMatchObject([{ class: 'images' }])
})

it('nothing goes of what something holds, whatever the rules say', () => {
  const nothing = { age: 0, words: '0 hours' }
  const rules = { ...defaultRules, images: nothing, logs: { passed: nothing, failed: nothing } }
  expect(whatGoes(attempt(9999), rules, now)).not.toEqual([])
  expect(whatGoes(attempt(9999, { spared: 'pinned: the paper' }), rules, now)).toEqual([])
})

it('a build goes 14 days after it was booted last, the log of one that failed after a year', () => {
  const build = (days: number, failed = false) => ({ failed, lastUsed: now - days * day, spared: undefined })
  expect(whyBuildGoes(build(14), defaultRules, now)).toBeUndefined()
  expect(whyBuildGoes(build(15), defaultRules, now)).toBe('builds that no kept attempt booted: 14 days')
  expect(whyBuildGoes(build(300, true), defaultRules, now)).toBeUndefined()
  expect(whyBuildGoes({ ...build(15), spared: 'an attempt with logs booted it' }, defaultRules, now)).toBeUndefined()
})

it.each([
  ['console/uart0', 'logs'],
  ['console/uart0.times', 'logs'],
  ['smc', 'logs'],
  ['lab', 'logs'],
  ['swtpm.log', 'logs'],
  ['records', 'records'],
  ['Image', 'images'],
  ['initrd', 'images'],
  ['machine.json', 'images'],
  ['fvp.dtb', 'images'],
])('%s is one of the %s', (name, kind) => expect(classOf(name)).toBe(kind))

it('what is said where something is missing names what, when, the rule, and a way out', () => {
  const removal = { at: Date.parse('2027-03-01T23:00Z'), rule: 'logs of passed attempts: 30 days' }
  expect(removedSentence('logs', '12.3.1', removal)).toBe(
    'The logs of 12.3.1 were removed on 2027-03-01 by the rule "logs of passed attempts: 30 days": pin a run to keep them (`hyplab pin`).',
  )
})
