/** Steps on places of a lab that are done again: a board that is a script is switched, given and judged as if once. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import type { Client } from '@temporalio/client'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Deps } from '../../activities/deps.ts'
import { handOverPlace } from '../../activities/hand-over-place.ts'
import { keepPlace } from '../../activities/keep-place.ts'
import { leasePlace } from '../../activities/lease-place.ts'
import { powerOffPlace } from '../../activities/power-off-place.ts'
import { releasePlace } from '../../activities/release-place.ts'
import { putArtifact } from '../../store/artifacts.ts'
import { eventsAfter } from '../../store/events.ts'
import { placeStates, releaseLease, requestLease, setSuspect } from '../../store/leases.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { makeScriptLab, type ScriptLab } from '../rack/script-board.ts'
import { sampleCell, sampleRun } from '../store/samples.ts'

const task = { run: 1, cell: 1, attempt: 1 }
const holder = 'reserved by somebody'
const seconds = 3600

let store: Store
let lab: ScriptLab
let deps: Deps
beforeEach(async () => {
  const folder = await tempFolder()
  lab = await makeScriptLab(folder, ['board-1'])
  store = await openStore(join(folder, 'state'))
  deps = { store, folders: { state: store.folder, cache: store.folder }, client: undefined as unknown as Client }
  const { sha256 } = await putArtifact(store, await readFile(lab.labFile))
  const cell = {
    ...sampleCell('protected'),
    stack: { name: 'installed' },
    target: { kind: 'board' as const, name: 'board', class: 'script', tags: [] },
  }
  const inventory = { file: lab.labFile, sha256 }
  const options = { until: 'verdicts' as const, atOnce: 1, inventory, hold: { seconds, holder } }
  await createRun(store, { ...sampleRun(1), cells: [cell], options })
})
afterEach(() => store.close())

async function twice<Result>(step: () => Promise<Result>): Promise<[Result, Result]> {
  const once = async (): Promise<Result> =>
    (await new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(step)) as Result
  return [await once(), await once()]
}
const leased = async () => (await twice(() => leasePlace(deps, task)))[0]
const said = async (): Promise<string[]> =>
  (await eventsAfter(store, 1, 0)).map(({ data }) => (data as { text: string }).text)
const state = async () => (await placeStates(store))[0]!

it('an attempt that asks again for a place has the one that it has', async () => {
  const [first, second] = await twice(() => leasePlace(deps, task))
  expect(first).toEqual({ place: 'lab/board-1', fence: 1 })
  expect(second).toEqual(first)
})

it('a place that is switched off again is off', async () => {
  const held = await leased()
  const [command, ...args] = lab.outlets.set
  await execa(command!, [...args, 'board-1', 'on'])
  await twice(() => powerOffPlace(deps, { ...task, held }))
  expect(await lab.outlets.read('board-1')).toBe('off')
})

it('a place that was given back is the next one’s, whoever gives it back again', async () => {
  const held = await leased()
  await releasePlace(deps, { ...task, held })
  const next = { places: [held.place], holder: 'attempt 2.1.1', why: '', forMs: 60_000 }
  await requestLease(store, next, Date.now())
  await releasePlace(deps, { ...task, held })
  expect(await state()).toMatchObject({ lease: { holder: 'attempt 2.1.1' }, suspect: null })
})

it('a place that was given back as suspect, and was found healthy since, stays healthy, and it is said once', async () => {
  const held = await leased()
  const release = { ...task, held, broken: 'nobody can say that it is off.' }
  await releasePlace(deps, release)
  expect(await state()).toMatchObject({ lease: null, suspect: 'nobody can say that it is off.' })
  await setSuspect(store, held.place, null)
  await releasePlace(deps, release)
  expect(await state()).toMatchObject({ lease: null, suspect: null })
  expect(await said()).toEqual(['lab/board-1 is suspect: nobody can say that it is off.'])
})

it('a worker that died between the two halves of giving back has said it once', async () => {
  const held = await leased()
  const release = { ...task, held, broken: 'nobody can say that it is off.' }
  await releasePlace(deps, release)
  // As it was before the second half.
  const again = { places: [held.place], holder: 'attempt 1.1.1', why: '', forMs: 60_000, evenSuspect: true as const }
  const lease = (await requestLease(store, again, Date.now()))!
  await releasePlace(deps, { ...release, held: { place: lease.place, fence: lease.fence } })
  expect(await state()).toMatchObject({ lease: null })
  expect(await said()).toHaveLength(1)
})

it('a place that was handed over is handed over for no longer, and that is said once', async () => {
  const held = await leased()
  const step = { ...task, held }
  await handOverPlace(deps, step)
  const { lease: before } = await state()
  await handOverPlace(deps, step)
  expect((await state()).lease).toEqual(before)
  expect(before).toMatchObject({ holder })
  expect(await said()).toHaveLength(1)
})

it('a place that its runner gave back is not kept any longer', async () => {
  const held = await leased()
  await handOverPlace(deps, { ...task, held })
  await releaseLease(store, held)
  expect(await twice(() => keepPlace(deps, { ...task, held }))).toEqual([false, false])
})
