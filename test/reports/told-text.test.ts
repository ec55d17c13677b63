import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../domain/evidence/evidence.ts'
import type { Telling } from '../../domain/tell/telling.ts'
import { wordNight, type NightToTell } from '../../reports/word-night.ts'
import { wordTest } from '../../reports/word-test.ts'
import { day, faultyNight, first, playNights, type Played } from '../domain/tell/nights.ts'
import type { ToldSoFar } from '../../store/tellings.ts'

/** A console's line that no mailer may touch: long, with blanks where none are wanted. */
const consoleLine = `[    1.234567]  arm_ffa:  ${'failed to  negotiate '.repeat(80)} `
const evidence: Evidence[] = [
  { kind: 'console', console: 'uart0', from: 312, to: 313, text: `${consoleLine}\n  .indented=` },
  { kind: 'record', sequence: 7, text: 'FFA_ID_GET' },
]

function toTell(nights: readonly Record<string, Played>[], fault?: string): NightToTell {
  const id = nights.length
  return {
    night: { id, due: first + (id - 1) * day, run: fault === undefined ? id : null, fault: fault ?? null },
    head: {
      schedule: 'nightly',
      due: `night ${id}`,
      run: fault === undefined ? id : null,
      fault: fault ?? null,
      summary: `summary ${id}.`,
    },
    outcome: fault === undefined ? playNights(nights) : faultyNight(fault),
    evidenceOf: ({ tonight }) => tonight.failing.map(({ id: finding }) => ({ id: finding, evidence })),
    now: first,
  }
}
const nobody: ToldSoFar = { told: new Map(), gathered: [], digest: null }
const word = (
  nights: readonly Record<string, Played>[],
  when: Telling['when'] = 'change',
  sofar: Partial<ToldSoFar> = {},
  every = 0,
) => wordNight(toTell(nights), { when, every }, { ...nobody, ...sofar }, (thread) => `id${thread ?? ''}`)

describe('a message on what is new', () => {
  const { messages } = word([
    { x: 'good', y: 'good', z: 'good' },
    { x: 'a', y: 'a', z: 'good' },
  ])

  it('says in its subject what it is', () => {
    expect(messages.map(({ subject }) => subject)).toEqual(['nightly: new failure: ffa.usable -22 in 2 cells'])
  })

  it('has the lines of a console as they came, each on one line, and its own within 72 columns', () => {
    const lines = messages[0]!.text.split('\n')
    expect(lines).toContain(consoleLine)
    expect(lines).toContain('  .indented=')
    expect(lines).toContain('2.1  ffa.usable  uart0:312-313')
    expect(lines.filter((line) => line.length > 72)).toEqual([consoleLine])
    expect(lines.filter((line) => line.startsWith('NEW FAILURE'))).toEqual(['NEW FAILURE  ffa.usable · -22'])
    expect(messages[0]!.text).toContain('2 new failure, 1 good.')
    expect(messages[0]!.text).toContain('all of it: hyplab report nightly --night 2')
  })

  it('tells of what goes on in numbers only', () => {
    const sofar = { told: new Map([['["failure","linux/x/optee/protected/qemu","ffa.usable · -22"]', 'thread']]) }
    const [message] = word(
      [
        { x: 'a', y: 'good' },
        { x: 'a', y: 'b' },
      ],
      'change',
      sofar,
    ).messages
    expect(message!.text).toContain('1 still failing, 1 new failure.')
    expect(message!.text).not.toContain('STILL FAILING')
    expect(message!.text).toContain('NEW FAILURE  fault.kernel · oops in x')
  })

  it('answers the one that told of it before', () => {
    const sofar = { told: new Map([['["failure","linux/x/optee/protected/qemu","ffa.usable · -22"]', 'thread']]) }
    const [message] = word([{ x: 'a' }, { x: 'good' }], 'change', sofar).messages
    expect(message).toMatchObject({
      thread: 'thread',
      id: 'idthread',
      subject: 'nightly: fixed: ffa.usable -22',
      closes: [...sofar.told.keys()],
    })
    expect(message!.text).toMatch(/^FIXED[^]*since 1\.1/m)
  })

  it('is none when nothing is new', () => {
    expect(word([{ x: 'good' }, { x: 'good' }]).messages).toEqual([])
  })

  it('says why a night did not begin', () => {
    const night = toTell([{ x: 'good' }], 'plan.yaml:1:1: it is empty')
    const [message] = wordNight(night, { when: 'change', every: 0 }, nobody, () => 'id').messages
    expect(message).toMatchObject({
      subject: 'nightly: did not begin: plan.yaml:1:1: it is empty',
      data: { red: true, night: { run: null, fault: 'plan.yaml:1:1: it is empty' } },
    })
    expect(message!.text).toContain('did not begin: plan.yaml:1:1: it is empty')
  })
})

it('a message on each night is the whole of it, whether something is new or not', () => {
  const [message] = word([{ x: 'good' }, { x: 'good' }], 'always').messages
  expect(message).toMatchObject({ subject: 'nightly: nothing new' })
  expect(message!.text).toContain('1 good.')
})

describe('a digest', () => {
  it('gathers nights until it is due, and then tells all of them and the last one whole', () => {
    const nights: Record<string, Played>[] = [{ x: 'good' }, { x: 'a' }, { x: 'a' }, { x: 'good' }]
    const gathered: ToldSoFar['gathered'] = []
    const told = new Map<string, string>()
    for (let count = 1; count <= 3; count++) {
      const plan = word(nights.slice(0, count), 'digest', { gathered, told, digest: first - day }, 5 * 86_400)
      expect(plan.messages).toEqual([])
      gathered.push(plan.gathered!.night)
      for (const what of plan.gathered!.opens) told.set(what, '')
    }
    const { messages } = word(nights, 'digest', { gathered, told, digest: first - 2 * day }, 5 * 86_400)
    expect(messages).toMatchObject([
      { digest: true, subject: 'nightly: 4 nights: 1 new failure, 1 fixed', opens: [], closes: [] },
    ])
    expect(messages[0]!.text.split('\n').slice(0, 9)).toEqual([
      'nightly, 4 nights',
      '',
      '- night 1, run 1: summary 1.',
      '- night 2, run 2: summary 2.',
      '  NEW FAILURE ffa.usable · -22 (2.1 linux/x/optee/protected/qemu)',
      '- night 3, run 3: summary 3.',
      '- night 4, run 4: summary 4.',
      '  FIXED ffa.usable · -22 (4.1 linux/x/optee/protected/qemu)',
      '',
    ])
    expect(messages[0]!.data.news).toHaveLength(2)
  })
})

it('a subject is one line of ASCII, whatever stands in the sentence', () => {
  const night = toTell([{ x: 'good' }], `two\nlines: Bcc: all@example.org, ünd ${'x'.repeat(300)}`)
  const [message] = wordNight(night, { when: 'change', every: 0 }, nobody, () => 'id').messages
  expect(message!.subject).toMatch(/^[ -~]{1,120}$/)
})

it('a test says that it is one, and shows a long line whole', () => {
  const { subject, text } = wordTest('nightly', '/lab/schedules/nightly.yaml')
  expect(subject).toBe('nightly: a test')
  expect(text.split('\n').filter((line) => line.length > 72)).toEqual([
    expect.stringMatching(/^\[ {4}0\.000000\] Kernel command line: /),
  ])
})
