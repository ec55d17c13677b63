/**
 * Steps that are done again, by a worker that did not hear that they were done: what they said stands, and is told once. Those
 * on places are in twice-on-places.test.ts, those that freeze, outline, wait for room or close lost attempts have it in files
 * of their own.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import type { Client } from '@temporalio/client'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { isCellSettled } from '../../activities/cell-settled.ts'
import { beginAttempt } from '../../activities/begin-attempt.ts'
import { bootAttempt } from '../../activities/boot-attempt.ts'
import { bootedSeconds } from '../../activities/booted-seconds.ts'
import { build } from '../../activities/build.ts'
import { closeBrokenCell } from '../../activities/close-broken-cell.ts'
import { closeUnbuiltCell } from '../../activities/close-unbuilt-cell.ts'
import { deliver } from '../../activities/deliver.ts'
import { finishRun } from '../../activities/finish-run.ts'
import { judgeCell } from '../../activities/judge-cell.ts'
import { nextAttempt } from '../../activities/next-attempt.ts'
import { planTelling } from '../../activities/plan-telling.ts'
import type { Deps } from '../../activities/deps.ts'
import { skipCell } from '../../activities/skip-cell.ts'
import { finishAttempt, findAttempt } from '../../store/attempts.ts'
import { putBuild } from '../../store/builds.ts'
import { deliveriesOf, noteUndelivered } from '../../store/deliveries.ts'
import { runDetail } from '../../store/details.ts'
import { eventsAfter } from '../../store/events.ts'
import { nightOfWorkflow, writeNight } from '../../store/nights.ts'
import { createRun } from '../../store/runs.ts'
import { writeSchedule } from '../../store/schedules.ts'
import type { Store } from '../../store/store.ts'
import { noon, sampleBuild, sampleCell, sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'
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

/** Has a step run as a worker has it run, with a heartbeat that goes nowhere. */
const asStep = async <Result>(step: () => Promise<Result>): Promise<Result> =>
  (await new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(step)) as Result

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

  it('that has ended is not booted again', async () => {
    const end = await sampleEnd(store)
    await finishAttempt(store, sampleStart({ run, cell: 1, number: 1 }), end)
    const again = asStep(() => bootAttempt(deps, { run, cell: 1, attempt: 1 }))
    await expect(again).rejects.toMatchObject({ code: 'StaleFence' })
    expect((await findAttempt(store, { run, cell: 1, number: 1 }))?.end).toMatchObject({ ended: end.ended })
    expect(await told()).toEqual([])
  })
})

describe('a build', () => {
  it('that was made is found made, and nobody is told that it begins', async () => {
    const kept = await putBuild(store, await sampleBuild(store, 'an-id'))
    const { kernel } = sampleCell('protected')
    const task = { kind: 'kernel' as const, id: kept.id, name: kept.name, kernel, run, lab: 'lab', lockFile: '/none' }
    const [first, second] = await twice(() => build(deps, task))
    expect(first).toEqual({ id: 'an-id', ok: true, infra: false, message: '' })
    expect(second).toEqual(first)
    expect(await store.database.selectFrom('events').selectAll().execute()).toEqual([])
  })
})

describe('a search', () => {
  it('tries the same next, as the same cell, and says once why', async () => {
    const cell = sampleCell('protected')
    const { recipe: _, ...installed } = cell.stack
    const source = { kind: 'tarball' as const, url: 'https://linux.invalid/linux.tar', sha256: '0a'.repeat(32) }
    const board = { kind: 'board' as const, name: 'board', class: 'script', tags: [] }
    const kernel = { ...cell.kernel, sources: [source], fragments: [] }
    const bare = { ...cell, kernel, stack: installed, target: board }
    const variants = ['as it is', 'without LSE'].map((name, index) => ({
      name,
      cell: { ...bare, id: `${bare.id}${index}` },
    }))
    const search = { kind: 'rerun' as const, of: '1.1', finding: 'ffa.check0', variants }
    const options = { until: 'verdicts' as const, atOnce: 1, search }
    run = await createRun(store, { ...sampleRun(0), options })
    const next = async () => await twice(() => asStep(() => nextAttempt(deps, { run, lab: 'lab' })))
    const [first, second] = await next()
    expect(first).toMatchObject({ is: 'try', attempts: [{ cell: { number: 1, first: 1 } }] })
    expect(second).toEqual(first)
    expect(await told()).toEqual([])
    await finishAttempt(store, sampleStart({ run, cell: 1, number: 1 }), await sampleEnd(store))
    const [third, fourth] = await next()
    expect(third).toMatchObject({ is: 'try', attempts: [{ cell: { number: 2, first: 1 } }] })
    expect(fourth).toEqual(third)
    expect((await runDetail(store, run)).cells).toHaveLength(2)
    expect(await told()).toEqual([['say', null]])
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

describe('what a night asks of a cell', () => {
  it('changes nothing, and has the same answer', async () => {
    await finishAttempt(store, sampleStart({ run, cell: 1, number: 1 }), await sampleEnd(store))
    expect(await twice(() => bootedSeconds(deps, { run, cell: 1 }))).toEqual([20.5, 20.5])
    expect(await twice(() => isCellSettled(deps, { run, cell: 1 }))).toEqual([true, true])
    expect(await told()).toEqual([])
  })
})

describe('a night', () => {
  const workflowId = 'night-1'
  const file = (name: string) => join(store.folder, name)
  /** A night that could not be begun, of a schedule that tells a file. */
  async function planned(): Promise<string[]> {
    await writeFile(file('nightly.yaml'), "plan: plan.yaml\ncron: '30 1 * * *'\ntell:\n  - file: told.jsonl\n")
    await writeSchedule(store, { name: 'nightly', file: file('nightly.yaml'), digest: '', server: '', applied: noon })
    await writeNight(store, { schedule: 'nightly', workflowId, due: noon, begun: noon, run: null, fault: 'No plan.' })
    const night = { schedule: 'nightly', night: workflowId }
    const [first, second] = await twice(() => asStep(() => planTelling(deps, night)))
    expect(first).toHaveLength(1)
    expect(second).toEqual(first)
    return first
  }
  const deliveries = async () => await deliveriesOf(store, (await nightOfWorkflow(store, workflowId))!.id)

  it('is told once, and heard of once', async () => {
    const [id] = await planned()
    await twice(() => asStep(() => deliver(deps, { id: id! })))
    expect(await deliveries()).toMatchObject([{ state: 'sent' }])
    expect((await readFile(file('told.jsonl'), 'utf8')).trimEnd().split('\n')).toHaveLength(1)
  })

  it('of which a message was given up stays so, and it is not sent then', async () => {
    const [id] = await planned()
    await twice(() => noteUndelivered(store, id!, 'nobody is there'))
    await asStep(() => deliver(deps, { id: id! }))
    expect(await deliveries()).toMatchObject([{ state: 'undelivered' }])
    await expect(readFile(file('told.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
