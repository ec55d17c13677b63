/**
 * The board of a cell that failed, kept for its owner: the workflows on the real test server, the steps that hand over, keep,
 * switch off and give back on a real store and a board that is a script, `hyplab release` on the command line.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { userInfo } from 'node:os'
import { execa } from 'execa'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { Client } from '@temporalio/client'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createActivities, type Activities } from '../../activities/registry.ts'
import { queues, workflowIds } from '../../domain/naming.ts'
import type { Verdict } from '../../domain/verdict/verdict.ts'
import { putArtifact } from '../../store/artifacts.ts'
import { eventsAfter } from '../../store/events.ts'
import { holdsLease, placeStates, releaseLease, requestLease } from '../../store/leases.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { CellTask, HeldPlace } from '../../workflows/contracts.ts'
import { runHyplab } from '../cli/run-hyplab.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { makeScriptLab, type ScriptLab } from '../rack/script-board.ts'
import { sampleCell, sampleRun } from '../store/samples.ts'
import { host, lab as labId, openBench, type Bench } from './environment.ts'

const holder = `reserved by ${userInfo().username}`
const task: CellTask = { run: 1, number: 1, lab: labId, host, builds: [], count: 1, infra: 2, leased: true, hold: true }

let bench: Bench
let folder: string
let store: Store
let board: ScriptLab
beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())
beforeEach(async () => {
  folder = await tempFolder()
  board = await makeScriptLab(folder, ['board-1'])
  store = await openStore(join(folder, 'state'))
})
afterEach(() => store.close())

/** A run that keeps boards for so many seconds. */
async function runThatHolds(seconds: number): Promise<void> {
  const { sha256 } = await putArtifact(store, await readFile(board.labFile))
  const cell = {
    ...sampleCell('protected'),
    stack: { name: 'installed' },
    target: { kind: 'board' as const, name: 'board', class: 'script', tags: [] },
  }
  const inventory = { file: board.labFile, sha256 }
  const options = { until: 'verdicts' as const, atOnce: 1, inventory, hold: { seconds, holder } }
  await createRun(store, { ...sampleRun(1), cells: [cell], options })
}

interface Told {
  cell: string
  /** Steps in the order in which they began. */
  steps: string[]
}

/** Has a cell boot that comes out as told, with the board left on; `use` is called when the cell has ended. */
async function cellThat(
  verdict: Verdict,
  use: (told: Told) => Promise<void>,
  over: Partial<Activities> = {},
  changed: Partial<CellTask> = {},
): Promise<void> {
  const deps = { store, folders: { state: store.folder, cache: store.folder }, client: undefined as unknown as Client }
  const real = createActivities(deps)
  const told: Told = { cell: randomUUID(), steps: [] }
  const steps: Partial<Activities> = {
    leasePlace: async () => await lease(),
    flashPlace: async () => ({ files: [], remarks: [] }),
    bootAttempt: async () => {
      await switchOn()
      return { ending: 'hung' }
    },
    judgeCell: async () => verdict,
    handOverPlace: (attempt) => real.handOverPlace(attempt),
    keepPlace: (attempt) => real.keepPlace(attempt),
    powerOffPlace: (attempt) => real.powerOffPlace(attempt),
    releasePlace: (release) => real.releasePlace(release),
    ...over,
  }
  const noted = Object.entries(steps).map(([name, step]) => [
    name,
    async (input: never) => {
      told.steps.push(name)
      return await (step as (input: never) => Promise<unknown>)(input)
    },
  ])
  await bench.withSteps(Object.fromEntries(noted) as Partial<Activities>, async () => {
    await bench.client.workflow.execute('runCell', {
      workflowId: told.cell,
      taskQueue: queues.main(labId),
      args: [{ ...task, ...changed }],
    })
    await use(told)
  })
}

async function lease(): Promise<HeldPlace> {
  const request = { places: ['lab/board-1'], holder: 'attempt 1.1.1', why: 'a plan', forMs: 60_000 }
  const { place, fence } = (await requestLease(store, request, Date.now()))!
  return { place, fence }
}

async function switchOn(): Promise<void> {
  const [program, ...words] = board.outlets.set
  await execa(program!, [...words, 'board-1', 'on'])
}

const holdOf = ({ cell }: Told, attempt = 1) => bench.client.workflow.getHandle(workflowIds.hold(cell, attempt))
const place = async () => (await placeStates(store))[0]!
const outlet = () => board.outlets.read('board-1')
const hyplab = (args: string[]) => runHyplab(folder, args, { env: { HYPLAB_LAB: board.labFile } })

test('the board stays on and is its owner’s when the cell has ended, and is put away when the time is up', async () => {
  await runThatHolds(5)
  await cellThat('fail', async (told) => {
    expect(await place()).toMatchObject({
      fence: 1,
      lease: { holder, why: expect.stringMatching(/^kept after attempt 1\.1\.1 of linux-6\.18\.5\//) },
    })
    expect(await outlet()).toBe('on')
    await holdOf(told).result()
    expect([await outlet(), (await place()).lease]).toEqual(['off', null])
    expect(told.steps.slice(-4)).toEqual(['handOverPlace', 'keepPlace', 'powerOffPlace', 'releasePlace'])
  })
  const said = (await eventsAfter(store, 1, 0)).filter(({ kind }) => kind === 'say')
  expect(said).toMatchObject([{ data: { text: expect.stringMatching(/^lab\/board-1 is reserved by \S+ until /) } }])
})

test('meanwhile its owner sees it among the places and may command it, and release ends it at once', async () => {
  await runThatHolds(600)
  await cellThat('inconclusive', async (told) => {
    const listed = await hyplab(['places'])
    expect(listed.stdout).toMatch(/board-1 .*held .*reserved by \S+, since .* until .*: kept after attempt 1\.1\.1 of /)
    expect(await hyplab(['place', 'board-1', 'status'])).toMatchObject({ code: 0, stdout: 'board-1 is on' })
    expect(await hyplab(['release', 'board-1'])).toMatchObject({
      code: 0,
      stderr: 'board-1 is switched off and given back.',
    })
    expect([await outlet(), (await place()).lease]).toEqual(['off', null])
    await holdOf(told).result()
    expect(told.steps.at(-1)).toBe('keepPlace')
  })
})

test('a hold that is cancelled ends with the board off and free', async () => {
  await runThatHolds(600)
  await cellThat('flaky', async (told) => {
    await holdOf(told).cancel()
    await expect(holdOf(told).result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
    expect([await outlet(), (await place()).lease, (await place()).suspect]).toEqual(['off', null, null])
  })
})

test('its owner prolongs it as any reservation', async () => {
  await runThatHolds(3)
  await cellThat('fixed', async (told) => {
    // What `hyplab reserve` does.
    const request = { places: ['lab/board-1'], holder, why: 'still looking', forMs: 600_000 }
    expect(await requestLease(store, request, Date.now())).toMatchObject({ fence: 1 })
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect([await outlet(), (await holdOf(told).describe()).status.name]).toEqual(['on', 'RUNNING'])
    await releaseLease(store, await place())
    await holdOf(told).result()
  })
})

test('a board that somebody else has got meanwhile is left alone', async () => {
  await runThatHolds(600)
  await cellThat('fail', async (told) => {
    const { fence } = await place()
    await releaseLease(store, { place: 'lab/board-1', fence })
    const theirs = (await requestLease(
      store,
      { places: ['lab/board-1'], holder: 'q', why: 'z', forMs: 60_000 },
      Date.now(),
    ))!
    await holdOf(told).result()
    expect(await outlet()).toBe('on')
    expect([await holdsLease(store, theirs), (await place()).suspect]).toEqual([true, null])
  })
})

test.each(['pass', 'known-fail'] as const)('a cell that comes out as %s keeps no board', async (verdict) => {
  await runThatHolds(600)
  await cellThat(verdict, async (told) => {
    expect(told.steps.slice(-4)).toEqual(['bootAttempt', 'judgeCell', 'powerOffPlace', 'releasePlace'])
    expect([await outlet(), (await place()).lease]).toEqual(['off', null])
    await expect(holdOf(told).describe()).rejects.toBeInstanceOf(WorkflowNotFoundError)
  })
})

test('of a cell that is tried until one is confident the board of the attempt that settles it is kept', async () => {
  await runThatHolds(600)
  let booted = 0
  await cellThat(
    'flaky',
    async (told) => {
      expect(booted).toBe(3)
      expect(told.steps.filter((step) => step === 'handOverPlace')).toHaveLength(1)
      expect([await outlet(), (await place()).lease]).toMatchObject([
        'on',
        { holder, why: expect.stringContaining('attempt 1.1.3 of') },
      ])
      await holdOf(told, 3).cancel()
      await holdOf(told, 3)
        .result()
        .catch(() => undefined)
    },
    {
      bootAttempt: async () => {
        booted++
        await switchOn()
        return { ending: 'hung' }
      },
      isCellSettled: async () => booted >= 3,
    },
    { count: 50, until: 'confident' },
  )
})

test('only the board of the last attempt is kept, and none that the lab broke', async () => {
  await runThatHolds(600)
  let times = 0
  const bootAttempt: Activities['bootAttempt'] = async () => ({ ending: times++ === 1 ? 'infra' : 'hung' })
  await cellThat(
    'fail',
    async (told) => {
      expect(told.steps.filter((step) => step === 'powerOffPlace')).toHaveLength(2)
      expect(told.steps.filter((step) => step === 'handOverPlace')).toHaveLength(1)
      expect((await place()).lease).toMatchObject({ why: expect.stringContaining('attempt 1.1.3 of') })
      await holdOf(told, 3).cancel()
      await holdOf(told, 3)
        .result()
        .catch(() => undefined)
    },
    { bootAttempt },
    { count: 2 },
  )
})
