import { expect, test } from 'vitest'
import { LabError } from '../../../domain/errors.ts'
import type { NewLabFact } from '../../../domain/lab-log/lab-fact.ts'
import { notedModel } from '../../../targets/place/noted-model.ts'
import type { Powered, TargetEnd } from '../../../targets/powered.ts'

const never = new AbortController().signal
const claim = undefined as never

/** A model of which nothing but its end is real. */
async function model(): Promise<{ powered: Powered; end: (end: TargetEnd) => Promise<void>; facts: NewLabFact[] }> {
  const ended = Promise.withResolvers<TargetEnd>()
  const facts: NewLabFact[] = []
  const bare: Powered = {
    lines: [],
    go: async () => undefined,
    ended: ended.promise,
    pulse: { ask: async () => undefined, stillSentence: (seconds) => `It stood still for ${seconds} s.` },
    askOff: async () => false,
    forceOff: async () => undefined,
  }
  const powered = await notedModel(
    async () => bare,
    'model-1',
    (fact) => void facts.push(fact),
  )(claim, never)
  const end = async (how: TargetEnd): Promise<void> => {
    ended.resolve(how)
    await powered.ended
  }
  return { powered, end, facts }
}

const noted = (is: 'healthy' | 'ill', words: unknown = expect.any(String)) => [
  { about: 'health', by: 'model-1', is, words },
]

test('a model that died is ill in its own words, and one whose target went off is healthy', async () => {
  const died = await model()
  await died.end({ kind: 'lost', reason: 'The model was ended by signal 9.' })
  await died.powered.forceOff()
  expect(died.facts).toEqual(noted('ill', 'The model was ended by signal 9.'))
  const well = await model()
  await well.end({ kind: 'power-off', reason: '' })
  await well.powered.askOff()
  expect(well.facts).toEqual(noted('healthy'))
})

test('one that ran until it was asked to end is healthy, whatever its end looks like then', async () => {
  const { powered, end, facts } = await model()
  await powered.askOff()
  await end({ kind: 'lost', reason: 'The model was ended by signal 2.' })
  expect(facts).toEqual(noted('healthy'))
})

test('of one that was ended by force nothing is known', async () => {
  const { powered, end, facts } = await model()
  await powered.forceOff()
  await end({ kind: 'lost', reason: 'The model was ended by signal 9.' })
  expect(facts).toEqual([])
})

test('one that stood still is ill', async () => {
  const { powered, facts } = await model()
  expect(powered.pulse!.stillSentence(12)).toBe('It stood still for 12 s.')
  await powered.forceOff()
  expect(facts).toEqual(noted('ill', 'It stood still for 12 s.'))
})

test('one that does not come up is ill, and not when it was given up', async () => {
  const facts: NewLabFact[] = []
  const broken = new LabError('PlaceBroken', 'There is no model.')
  const up = notedModel(
    () => Promise.reject(broken),
    'model-1',
    (fact) => void facts.push(fact),
  )
  await expect(up(claim, AbortSignal.abort())).rejects.toBe(broken)
  expect(facts).toEqual([])
  await expect(up(claim, never)).rejects.toBe(broken)
  expect(facts).toEqual(noted('ill', 'There is no model.'))
})
