import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../domain/finding.ts'
import type { NewLabFact } from '../../../domain/lab-log/lab-fact.ts'
import { endingOf } from '../../../domain/verdict/ending.ts'
import { end, findingOf, hello, labOf, onConsole, recordsOf, shownOf, wired } from './showing.ts'

const finding = (id: string, facts: NewLabFact[], records = recordsOf(hello)) =>
  findingOf(shownOf({ lab: labOf(...facts), records }), id)

type Power = Extract<NewLabFact, { about: 'power' }>
const power = (told: Power['told'], says: Power['says'], words = ''): Power => ({
  about: 'power',
  by: 'outlet 3 of pdu1',
  told,
  says,
  words,
})
const firstByte: NewLabFact = { about: 'first byte', by: 'uart0', seconds: 0.4, limit: 15, words: '' }
const uart = (console: string, is: 'attached' | 'gap' | 'closed' | 'broken', words = ''): NewLabFact => ({
  about: 'console',
  by: console,
  console,
  is,
  words,
  ...(is === 'closed' && { bytes: 100 }),
})

describe('lab.power', () => {
  const cases: [string, NewLabFact[], Outcome][] = [
    ['nothing was switched', [], 'unknown'],
    ['it was only switched off, as for flashing', [power('off', 'off')], 'unknown'],
    ['nobody switched it off', [power('on', 'on')], 'unknown'],
    ['it went on and off', [power('off', 'off'), power('on', 'on'), power('off', 'off')], 'pass'],
    ['the PDU says on of one that was told off', [power('on', 'on'), power('off', 'broken', 'PDU says on.')], 'fail'],
    ['it lost its power', [power('on', 'on'), power('nothing', 'off'), power('off', 'off')], 'fail'],
    ['it was asked and is on', [power('on', 'on'), power('nothing', 'on'), power('off', 'off')], 'pass'],
    ['it was asked when it was off', [power('off', 'off'), power('nothing', 'off')], 'unknown'],
    ['it could not be asked meanwhile', [power('on', 'on'), power('nothing', 'unknown'), power('off', 'off')], 'pass'],
    ['the outlet cannot be asked', [power('on', 'unread'), power('off', 'unread')], 'unknown'],
    [
      'the outlet cannot be asked, and first byte and silence show it',
      [power('on', 'unread'), firstByte, power('off', 'unread'), { ...power('off', 'off'), by: 'the consoles' }],
      'pass',
    ],
    [
      'the outlet cannot be asked, and the board goes on speaking',
      [power('on', 'unread'), firstByte, power('off', 'unread'), { ...power('off', 'on'), by: 'the consoles' }],
      'fail',
    ],
  ]
  it.each(cases)('where %s', (_name, facts, outcome) => {
    expect(finding('lab.power', facts).outcome).toBe(outcome)
  })

  it('quotes the PDU and cites where it stands', () => {
    const { sentence, evidence, facts } = finding('lab.power', [power('off', 'off'), power('on', 'broken', 'No SNMP.')])
    expect(sentence).toBe('outlet 3 of pdu1 could not be switched on: No SNMP.')
    expect(evidence).toEqual([{ kind: 'lab', from: 2, to: 2, text: sentence }])
    expect(facts).toEqual({ says: 'off' })
  })
})

describe('lab.console', () => {
  const cases: [string, NewLabFact[], Outcome][] = [
    ['none was attached', [], 'unknown'],
    ['nothing tells how it ended', [uart('uart0', 'attached')], 'unknown'],
    [
      'one of two was let go of',
      [uart('uart0', 'attached'), uart('uart1', 'attached'), uart('uart0', 'closed')],
      'unknown',
    ],
    ['it was let go of', [uart('uart0', 'attached'), uart('uart0', 'closed')], 'pass'],
    ['it was away with its board', [uart('uart0', 'gap'), uart('uart0', 'closed')], 'pass'],
    ['its server refused it', [uart('uart0', 'broken', 'Port already in use.')], 'fail'],
  ]
  it.each(cases)('where %s', (_name, facts, outcome) => {
    expect(finding('lab.console', facts).outcome).toBe(outcome)
  })

  it('says what the server said, and counts bytes and gaps', () => {
    expect(finding('lab.console', [uart('uart0', 'broken', 'Port already in use.')]).sentence).toBe(
      'Port already in use.',
    )
    const { facts } = finding('lab.console', [uart('uart0', 'gap'), uart('uart0', 'closed'), uart('uart1', 'closed')])
    expect(facts).toEqual({ consoles: 2, gaps: 1, bytes: 200 })
  })
})

describe('lab.flash', () => {
  const flash = (is: Extract<NewLabFact, { about: 'flash' }>['is'], file: string): NewLabFact => ({
    about: 'flash',
    by: 'bench',
    file,
    is,
    words: '',
  })
  const cases: [string, NewLabFact[], Outcome][] = [
    ['nothing was flashed', [], 'unknown'],
    ['a medium was read back', [flash('written', 'kernel'), flash('written', 'initrd')], 'pass'],
    [
      'the loader fetched only one of two',
      [flash('offered', 'kernel'), flash('offered', 'initrd'), flash('loaded', 'kernel')],
      'unknown',
    ],
    [
      "the loader wrote the board's own medium, read it back and loaded from there",
      [flash('offered', 'medium'), flash('written', 'medium'), flash('loaded', 'kernel'), flash('loaded', 'initrd')],
      'pass',
    ],
    [
      "the loader did not read the board's own medium back",
      [flash('offered', 'medium'), flash('loaded', 'kernel')],
      'unknown',
    ],
    ['nothing can read it back', [flash('unread', 'kernel')], 'unknown'],
    ['it could not be brought there', [flash('written', 'kernel'), flash('broken', 'initrd')], 'fail'],
  ]
  it.each(cases)('where %s', (_name, facts, outcome) => {
    expect(finding('lab.flash', facts).outcome).toBe(outcome)
  })
})

it('lab.first-byte holds the time to what the class allows', () => {
  expect(finding('lab.first-byte', [firstByte])).toMatchObject({ outcome: 'pass', facts: { seconds: 0.4, limit: 15 } })
  const none: NewLabFact = { ...firstByte, seconds: null, words: 'No console said anything.' }
  expect(finding('lab.first-byte', [none])).toMatchObject({ outcome: 'fail', sentence: 'No console said anything.' })
  expect(finding('lab.first-byte', []).outcome).toBe('unknown')
})

describe('lab.wire', () => {
  const said = ['[    0.100000] one', '[    0.200000] two']
  const wire = (heard: string[], ...again: number[]) => {
    const shown = wired(heard, said, again)
    return { shown, finding: findingOf(shown, 'lab.wire') }
  }

  it('passes where every line came as the kernel said it', () => {
    expect(wire(said).finding).toMatchObject({
      outcome: 'pass',
      facts: { lines: 2, damaged: 0, again: 0, lost: 0 },
      evidence: [{ kind: 'record' }],
    })
  })

  it('counts what came otherwise, cites what init gave again, and the boot still counts', () => {
    const { shown, finding: found } = wire([said[0]!, '[    0.200000] tw'], 1)
    expect(found).toMatchObject({ outcome: 'fail', facts: { lines: 2, damaged: 1, again: 1 } })
    expect(found.evidence.at(-1)).toMatchObject({ text: expect.stringContaining(said[1]!) })
    expect(endingOf(shown, [found]).ending).toBe('finished')
  })

  it('makes an attempt tainted whose log is not whole', () => {
    const { shown, finding: found } = wire([said[0]!])
    expect(found).toMatchObject({ outcome: 'fail', facts: { damaged: 1, again: 0 } })
    expect(endingOf(shown, [found])).toMatchObject({
      ending: 'tainted',
      sentence: expect.stringContaining('1 of the 2'),
    })
  })

  it('does not apply where records have a channel of their own, and is unknown where init told nothing', () => {
    expect(finding('lab.wire', [], recordsOf(hello)).outcome).toBe('skip')
    expect(finding('lab.wire', [], recordsOf(onConsole)).outcome).toBe('unknown')
  })
})

it('lab.health rests on the last look, without one on a boot that came to its end', () => {
  const look = (is: 'healthy' | 'ill', by: string): NewLabFact => ({ about: 'health', by, is, words: `${by}: ${is}.` })
  expect(finding('lab.health', []).outcome).toBe('unknown')
  expect(finding('lab.health', [], recordsOf(hello, end))).toMatchObject({
    outcome: 'pass',
    evidence: [{ kind: 'record' }],
  })
  // One place was ill, and the attempt had another.
  const looks = [look('ill', 'board-1'), look('healthy', 'board-2')]
  expect(finding('lab.health', looks)).toMatchObject({ outcome: 'pass', facts: { by: 'board-2' } })
  expect(finding('lab.health', looks.toReversed(), recordsOf(hello, end)).outcome).toBe('fail')
})

it('of a model only its health is judged', () => {
  const shown = shownOf({ lab: { kind: 'fvp', facts: [] }, records: [] })
  for (const id of ['lab.power', 'lab.console', 'lab.flash', 'lab.first-byte'])
    expect(findingOf(shown, id)).toMatchObject({ outcome: 'skip', sentence: expect.stringContaining('model') })
  expect(findingOf(shown, 'lab.health').outcome).toBe('unknown')
})
