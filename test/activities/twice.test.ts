/** Steps that are done again, by a worker that did not hear that they were done: what they said stands, and is told once. */
import type { Client } from '@temporalio/client'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { beginAttempt } from '../../activities/begin-attempt.ts'
import { closeBrokenCell } from '../../activities/close-broken-cell.ts'
import { closeUnbuiltCell } from '../../activities/close-unbuilt-cell.ts'
import { finishRun } from '../../activities/finish-run.ts'
import { judgeCell } from '../../activities/judge-cell.ts'
import type { Deps } from '../../activities/deps.ts'
import { skipCell } from '../../activities/skip-cell.ts'
import { finishAttempt, findAttempt } from '../../store/attempts.ts'
import { runDetail } from '../../store/details.ts'
import { eventsAfter } from '../../store/events.ts'
import { createRun } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'
import { noon, sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'
import { useStore } from '../store/use-store.ts'

let store: Store
let deps: Deps
let run: number
useStore((fresh) => (store = fresh))
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: noon })
  deps = { store, folders: { state: store.folder, cache: store.folder }, client: undefined as unknown as Client }
  run = await createRun(store, sampleRun(2))
  return () => void vi.useRealTimers()
})

const told = async () => (await eventsAfter(store, run, 0)).map(({ kind, cell }) => [kind, cell])
/** Does a step, and does it again when a minute has gone by. */
async function twice<Result>(step: () => Promise<Result>): Promise<[Result, Result]> {
  const first = await step()
  vi.setSystemTime(Date.now() + 60_000)
  return [first, await step()]
}

describe('an attempt', () => {
  it('began when it began, by whichever clock it is begun again', async () => {
    const [first, second] = await twice(() => beginAttempt(deps, { run, cell: 1, attempt: 1 }, 'qemu'))
    expect(first.started).toBe(noon)
    expect(second).toEqual(first)
    // Its end is written by who came second.
    await finishAttempt(store, { ...second, started: Date.now() }, await sampleEnd(store))
    expect((await findAttempt(store, { run, cell: 1, number: 1 }))?.started).toBe(noon)
    expect(await told()).toEqual([['attempt-started', 1]])
  })
})

describe('a cell', () => {
  it('is judged once', async () => {
    await finishAttempt(store, sampleStart({ run, cell: 1, number: 1 }), await sampleEnd(store))
    const [first, second] = await twice(() => judgeCell(deps, { run, cell: 1 }))
    expect(second).toBe(first)
    expect(await told()).toEqual([['verdict', 1]])
  })

  it('is told again when it comes out otherwise, after another attempt', async () => {
    await judgeCell(deps, { run, cell: 1 })
    await finishAttempt(store, sampleStart({ run, cell: 1, number: 1 }), await sampleEnd(store))
    await judgeCell(deps, { run, cell: 1 })
    expect(await told()).toEqual([
      ['verdict', 1],
      ['verdict', 1],
    ])
  })

  it('that could not be built is closed once', async () => {
    await twice(() => closeUnbuiltCell(deps, { run, cell: 2, infra: false, message: 'it does not compile' }))
    expect(await told()).toEqual([['verdict', 2]])
  })

  it('whose story broke is closed once', async () => {
    await twice(() => closeBrokenCell(deps, { run, cell: 2, reason: 'a full disk' }))
    expect(await told()).toEqual([['verdict', 2]])
  })

  it('that is not run is left once', async () => {
    await twice(() => skipCell(deps, { run, cell: 2, notRun: { why: 'budget', sentence: 'too little was left' } }))
    expect(await told()).toEqual([['say', 2]])
  })
})

describe('a run', () => {
  it('ends once', async () => {
    const [first, second] = await twice(() => finishRun(deps, { run, state: 'finished', reason: '' }))
    expect(second).toEqual(first)
    expect((await runDetail(store, run)).run.ended).toBe(noon)
    expect(await told()).toEqual([['run-ended', null]])
  })

  it('that is cancelled when it has ended has ended as it did', async () => {
    await finishRun(deps, { run, state: 'finished', reason: '' })
    const { run: before } = await runDetail(store, run)
    await finishRun(deps, { run, state: 'cancelled', reason: 'cancelled' })
    expect((await runDetail(store, run)).run).toEqual(before)
    expect(await told()).toEqual([['run-ended', null]])
  })
})
