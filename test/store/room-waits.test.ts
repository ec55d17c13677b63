import { expect, test } from 'vitest'
import { setCellBuilds } from '../../store/cells.ts'
import { addEvent } from '../../store/events.ts'
import { isWaitingForRoom, runsWaitingForRoom } from '../../store/room-waits.ts'
import { createRun, endRun } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'
import { noon, sampleRun } from './samples.ts'
import { useStore } from './use-store.ts'

let store: Store
useStore((opened) => (store = opened))

const awaited = { kind: 'say', time: noon, data: { text: 'Waiting for room', room: 'awaited' } }
const over = { kind: 'say', time: noon, data: { text: 'There is room again', room: 'over' } }
const waiting = async () => [...(await runsWaitingForRoom(store))]

test('a run waits for room while one of its attempts does', async () => {
  const run = await createRun(store, sampleRun(2))
  expect(await waiting()).toEqual([])
  await addEvent(store, { ...awaited, run, cell: 1, attempt: 1 })
  await addEvent(store, { ...awaited, run, cell: 2, attempt: 1 })
  await addEvent(store, { ...over, run, cell: 1, attempt: 1 })
  expect(await waiting()).toEqual([run])
  expect(await isWaitingForRoom(store, { run, cell: 1, attempt: 1 })).toBe(false)
  expect(await isWaitingForRoom(store, { run, cell: 2, attempt: 1 })).toBe(true)
  await addEvent(store, { kind: 'say', time: noon, run, cell: 2, attempt: 1, data: { text: 'Made 8 MB of room.' } })
  expect(await waiting()).toEqual([run])
  // Whoever died before the end of the wait was told: what has begun waits no longer.
  await addEvent(store, { kind: 'attempt-started', time: noon, run, cell: 2, attempt: 2, data: { place: 'qemu' } })
  expect(await waiting()).toEqual([])
})

test('all runs wait of which a build does, and none that has ended', async () => {
  const [one, two] = [await createRun(store, sampleRun(1)), await createRun(store, sampleRun(1))]
  const other = await createRun(store, sampleRun(1))
  for (const run of [one, two]) await setCellBuilds(store, run, 1, { kernel: 'k', firmware: 'f' })
  await setCellBuilds(store, other, 1, { kernel: 'k2', firmware: 'f' })
  await addEvent(store, { ...awaited, build: 'k' })
  expect(await waiting()).toEqual([one, two])
  expect(await isWaitingForRoom(store, { build: 'k' })).toBe(true)
  expect(await isWaitingForRoom(store, { build: 'f' })).toBe(false)
  await endRun(store, one, { ended: noon, state: 'cancelled', exitCode: 130, summary: '' })
  expect(await waiting()).toEqual([two])
  await addEvent(store, { kind: 'build-started', time: noon, build: 'k', data: { name: 'k', kind: 'kernel' } })
  expect(await waiting()).toEqual([])
})
