import { describe, expect, it } from 'vitest'
import {
  deliveriesOf,
  listDeliveries,
  noteSent,
  noteTry,
  noteUndelivered,
  readDelivery,
} from '../../store/deliveries.ts'
import type { MessageData } from '../../domain/tell/message.ts'
import { listNights, writeNight, type Night } from '../../store/nights.ts'
import { isQuiet, keepQuiet } from '../../store/quiet.ts'
import { type Store } from '../../store/store.ts'
import { planOnce, type PlannedMessage, type TellingPlan, type ToldSoFar } from '../../store/tellings.ts'
import { noon } from './samples.ts'
import { useStore } from './use-store.ts'

let store: Store
useStore((fresh) => (store = fresh))

const day = 86_400_000
const place = { schedule: 'nightly', target: 'mail lab@example.org' }

/** A night that did not begin: of what there was to tell the store knows nothing. */
async function night(due: number, begun = due): Promise<Night> {
  await writeNight(store, { schedule: 'nightly', workflowId: `night-${due}`, due, begun, run: null, fault: 'no plan' })
  return (await listNights(store, 'nightly', 100)).find((each) => each.due === due)!
}

function message(id: string, over: Partial<PlannedMessage> = {}): PlannedMessage {
  const data: MessageData = { schemaVersion: 1, kind: 'night', schedule: 'nightly', news: [] }
  return { id, subject: `about ${id}`, text: 'text', data, written: noon, opens: [], closes: [], ...over }
}

/** Plans the telling of a night and returns what was known before. */
async function plan(of: Night, planned: Partial<TellingPlan>): Promise<ToldSoFar | undefined> {
  let before: ToldSoFar | undefined
  await planOnce(store, place, of, (sofar) => {
    before = sofar
    return { messages: [], silent: [], ...planned }
  })
  return before
}

describe('what is told of nights', () => {
  it('is planned once for each night and place, however often its step is repeated', async () => {
    const first = await night(noon)
    expect(await plan(first, { messages: [message('a', { opens: ['x'] })] })).toEqual({
      told: new Map(),
      gathered: [],
      digest: null,
    })
    expect(await plan(first, { messages: [message('b')] })).toBeUndefined()
    expect((await deliveriesOf(store, first.id)).map(({ message: { id }, state }) => [id, state])).toEqual([
      ['a', 'waiting'],
    ])
    expect((await plan(await night(noon + day), {}))?.told).toEqual(new Map([['x', 'a']]))
  })

  it('is not that of a night that is older than the last that was told', async () => {
    const [late, next] = [await night(noon), await night(noon + day)]
    await plan(next, {})
    expect(await plan(late, { messages: [message('late')] })).toBeUndefined()
    expect(await deliveriesOf(store, late.id)).toEqual([])
  })

  it('ends with a message or without a word, and what answers a message is of its thread', async () => {
    await plan(await night(noon), { messages: [message('a', { opens: ['x', 'y', 'z'] })] })
    await plan(await night(noon + day), {
      messages: [message('b', { thread: 'a', closes: ['x'], opens: ['u'] })],
      silent: ['y'],
    })
    expect((await plan(await night(noon + 2 * day), {}))?.told).toEqual(
      new Map([
        ['u', 'a'],
        ['z', 'a'],
      ]),
    )
    expect((await readDelivery(store, 'b')).message).toMatchObject({ thread: 'a', subject: 'about b' })
  })

  it('is of one place alone', async () => {
    const first = await night(noon)
    await plan(first, { messages: [message('a', { opens: ['x'] })] })
    let other: ToldSoFar | undefined
    await planOnce(store, { ...place, target: 'file /a' }, first, (sofar) => {
      other = sofar
      return { messages: [], silent: [] }
    })
    expect(other?.told.size).toBe(0)
  })
})

describe('a delivery', () => {
  it('waits, with the reason of the last try, until it is sent; then nothing changes it', async () => {
    await plan(await night(noon), { messages: [message('a')] })
    await noteTry(store, 'a', 'nobody answers')
    expect(await readDelivery(store, 'a')).toMatchObject({ state: 'waiting', answer: 'nobody answers', ended: null })
    await noteSent(store, 'a', '250 OK')
    await noteTry(store, 'a', 'late')
    await noteUndelivered(store, 'a', 'late')
    expect(await readDelivery(store, 'a')).toMatchObject({ state: 'sent', answer: '250 OK' })
    expect((await listDeliveries(store, 'nightly', 5)).map(({ message: { id } }) => id)).toEqual(['a'])
  })

  it('that is given up has told nothing: the next night tells it', async () => {
    await plan(await night(noon), { messages: [message('a', { opens: ['x'] })] })
    await noteSent(store, 'a', '250 OK')
    await plan(await night(noon + day), { messages: [message('b', { opens: ['y'], closes: ['x'], thread: 'a' })] })
    await noteTry(store, 'b', '550 no such mailbox')
    await noteUndelivered(store, 'b', 'the step failed')
    expect(await readDelivery(store, 'b')).toMatchObject({ state: 'undelivered', answer: '550 no such mailbox' })
    expect((await plan(await night(noon + 2 * day), {}))?.told).toEqual(new Map([['x', 'a']]))
  })

  it('that is given up late takes nothing from what another told meanwhile', async () => {
    await plan(await night(noon), { messages: [message('a', { opens: ['x'] })] })
    await plan(await night(noon + day), { silent: ['x'] })
    await plan(await night(noon + 2 * day), { messages: [message('c', { opens: ['x'] })] })
    await noteUndelivered(store, 'a', 'too late')
    expect((await plan(await night(noon + 3 * day), {}))?.told).toEqual(new Map([['x', 'c']]))
  })
})

describe('a digest', () => {
  const gathered = (due: string) => ({ night: { due, run: null, sentence: '', news: [] }, opens: [`of ${due}`] })

  it('has the nights since the last one, and those of one that was given up', async () => {
    await plan(await night(noon), { gathered: gathered('1'), messages: [] })
    const second = await plan(await night(noon + day), {
      gathered: gathered('2'),
      messages: [message('d1', { digest: true })],
    })
    expect(second).toMatchObject({ gathered: [{ due: '1' }], digest: null, told: new Map([['of 1', '']]) })
    await noteUndelivered(store, 'd1', '550')
    const third = await plan(await night(noon + 2 * day), {
      gathered: gathered('3'),
      messages: [message('d2', { digest: true })],
    })
    expect(third).toMatchObject({ gathered: [{ due: '1' }, { due: '2' }], digest: noon + day })
    await noteSent(store, 'd2', 'OK')
    expect(await plan(await night(noon + 3 * day), {})).toMatchObject({ gathered: [], digest: noon + 2 * day })
  })
})

describe('nobody is told', () => {
  const span = { schedule: 'nightly', from: noon - 3 * day, to: noon - day, asked: noon, once: false }

  it('of nights that are filled in; but of those that began before, or are due outside of them', async () => {
    await keepQuiet(store, span)
    expect(await isQuiet(store, await night(noon - 2 * day, noon + 5))).toBe(true)
    expect(await isQuiet(store, await night(noon - 3 * day, noon + 9))).toBe(true)
    expect(await isQuiet(store, await night(noon - day, noon - day))).toBe(false)
    // It was missed and is caught up with: it is no night that is filled in.
    expect(await isQuiet(store, await night(noon - 1000, noon + 5))).toBe(false)
    expect(await isQuiet(store, { ...(await night(noon - 2 * day)), schedule: 'other' })).toBe(false)
  })

  it('of the one night that was triggered so, and of the next one again', async () => {
    await keepQuiet(store, { ...span, from: noon, to: noon + 60_000, once: true })
    const [triggered, scheduled] = [await night(noon + 2_000), await night(noon + 3_000)]
    expect(await isQuiet(store, triggered)).toBe(true)
    expect(await isQuiet(store, scheduled)).toBe(false)
    expect(await isQuiet(store, triggered)).toBe(true)
  })
})
