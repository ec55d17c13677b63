import { expect, test } from 'vitest'
import { setCellBuilds } from '../../store/cells.ts'
import { addEvent, eventsAfter } from '../../store/events.ts'
import { createRun } from '../../store/runs.ts'
import { type Store } from '../../store/store.ts'
import { noon, sampleRun } from './samples.ts'
import { useStore } from './use-store.ts'

let store: Store
useStore((fresh) => (store = fresh))

test('a reader gets each event of its run once, in order', async () => {
  const [run, other] = [await createRun(store, sampleRun()), await createRun(store, sampleRun())]
  const first = await addEvent(store, { run, time: noon, kind: 'stage', cell: 1, attempt: 1, data: { stage: 'bl1' } })
  await addEvent(store, { run: other, time: noon, kind: 'stage', cell: 1, data: {} })
  const second = await addEvent(store, { run, time: noon + 1, kind: 'ended', data: null })

  const events = await eventsAfter(store, run, 0)
  expect(events.map((event) => event.seq)).toEqual([first, second])
  expect(events[0]).toEqual({
    seq: first,
    run,
    time: noon,
    kind: 'stage',
    cell: 1,
    attempt: 1,
    build: null,
    data: { stage: 'bl1' },
  })
  expect(await eventsAfter(store, run, first)).toEqual([events[1]])
  expect(await eventsAfter(store, run, second)).toEqual([])
  expect(await eventsAfter(store, run, 0, 1)).toEqual([events[0]])
})

test('a build tells every run that needs it, from when the run started', async () => {
  const run = await createRun(store, sampleRun(1))
  await setCellBuilds(store, run, 1, { kernel: 'k', firmware: 'f' })
  const stranger = await createRun(store, sampleRun(1))
  await addEvent(store, { build: 'k', time: noon - 1, kind: 'build', data: 'of an earlier run' })
  const kernel = await addEvent(store, { build: 'k', time: noon, kind: 'build', data: { done: 10 } })
  const own = await addEvent(store, { run, time: noon, kind: 'stage', data: {} })
  const firmware = await addEvent(store, { build: 'f', time: noon, kind: 'build', data: { done: 1 } })
  await addEvent(store, { build: 'x', time: noon, kind: 'build', data: {} })

  expect((await eventsAfter(store, run, 0)).map((event) => event.seq)).toEqual([kernel, own, firmware])
  expect(await eventsAfter(store, stranger, 0)).toEqual([])
})

test('an event belongs to a run or a build', async () => {
  await expect(addEvent(store, { time: noon, kind: 'stage', data: {} })).rejects.toMatchObject({ code: 'StoreBroken' })
})
