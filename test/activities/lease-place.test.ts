/** An attempt that wants a place of a lab in which all are suspect: with a real store, and boards that are scripts. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import type { Client } from '@temporalio/client'
import { DefaultLogger } from '@temporalio/worker'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { leasePlace } from '../../activities/lease-place.ts'
import { putArtifact } from '../../store/artifacts.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { eventsAfter } from '../../store/events.ts'
import { placeStates, releaseLease, requestLease, setSuspect } from '../../store/leases.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { HeldPlace } from '../../workflows/contracts.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { makeScriptLab, type ScriptLab } from '../rack/script-board.ts'
import { sampleCell, sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'

const task = { run: 1, cell: 1, attempt: 1 }

let store: Store
let lab: ScriptLab
beforeEach(async () => {
  const folder = await tempFolder()
  lab = await makeScriptLab(folder, ['board-1', 'board-2'])
  store = await openStore(join(folder, 'state'))
  const { sha256 } = await putArtifact(store, await readFile(lab.labFile))
  const cell = {
    ...sampleCell('protected'),
    stack: { name: 'installed' },
    target: { kind: 'board' as const, name: 'board', class: 'script', tags: [] },
  }
  const options = { until: 'verdicts' as const, atOnce: 1, inventory: { file: lab.labFile, sha256 } }
  await createRun(store, { ...sampleRun(1), cells: [cell], options })
})
afterEach(() => store.close())

/** The cell's attempts ended in infra on board-1, the last of them at that time. */
async function brokeOnBoard1(times: number, ended: number): Promise<void> {
  for (let number = 1; number <= times; number++) {
    const key = { run: 1, cell: 1, number }
    await startAttempt(store, { ...sampleStart(key), place: 'lab/board-1', fence: 2 * number })
    const end = { ...(await sampleEnd(store, 0)), ending: 'infra' as const, ended: ended - (times - number) }
    await finishAttempt(store, { ...sampleStart(key), place: 'lab/board-1', fence: 2 * number }, end)
  }
}

const lease = (attempt = 1): Promise<HeldPlace> => {
  const deps = { store, folders: { state: store.folder, cache: store.folder }, client: undefined as unknown as Client }
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
    (wanted: typeof task) => leasePlace(deps, wanted),
    { ...task, attempt },
  ) as Promise<HeldPlace>
}

const suspect = async (...names: string[]): Promise<void> => {
  for (const name of names) await setSuspect(store, `lab/${name}`, 'it broke.')
}

const said = async (): Promise<string[]> =>
  (await eventsAfter(store, 1, 0)).flatMap(({ kind, data }) =>
    kind === 'say' ? [(data as { text: string }).text] : [],
  )

test('a place that is not suspect is taken first, and nothing is switched', async () => {
  await suspect('board-1')
  expect(await lease()).toMatchObject({ place: 'lab/board-2' })
  expect(await lab.outlets.events()).toEqual([])
})

test('where all are suspect, one is switched on and off, and taken when it is healthy', async () => {
  await suspect('board-1', 'board-2')
  expect(await lease()).toMatchObject({ place: 'lab/board-1' })
  expect((await lab.outlets.events()).map(({ outlet, to }) => `${outlet} ${to}`)).toEqual([
    'board-1 off',
    'board-1 on',
    'board-1 off',
  ])
  expect(await placeStates(store)).toMatchObject([
    { place: 'lab/board-1', suspect: null, lease: { holder: 'attempt 1.1.1' } },
    { place: 'lab/board-2', suspect: 'it broke.', lease: null },
  ])
  expect(await said()).toEqual([
    'lab/board-1 is suspect (it broke.) and no other place is free: it is looked at.',
    expect.stringMatching(
      /^lab\/board-1 is no longer suspect\. It is healthy: uart0 said its first byte .*"U-Boot 2023/,
    ),
  ])
})

test('one that is ill stays suspect with what it did not do, and the next one is looked at', async () => {
  await suspect('board-1', 'board-2')
  await lab.kill('board-1')
  expect(await lease()).toMatchObject({ place: 'lab/board-2' })
  expect(await placeStates(store)).toMatchObject([
    { suspect: expect.stringMatching(/^board-1 was switched on and said nothing/), lease: null },
    { suspect: null, lease: { holder: 'attempt 1.1.1' } },
  ])
  expect(await lab.outlets.read('board-1')).toBe('off')
})

test('where all are ill the attempt ends as the fault of the lab, with what each did not do', async () => {
  await suspect('board-1', 'board-2')
  await lab.kill('board-1')
  await lab.outlets.behave('board-2', 'refuse')
  await expect(lease()).rejects.toMatchObject({
    code: 'PlaceBroken',
    retryable: false,
    message: expect.stringMatching(
      /^No place is healthy: lab\/board-1: board-1 was switched on and said nothing .* lab\/board-2: .*relay board-2 is stuck/,
    ),
  })
  expect(await placeStates(store)).toMatchObject([{ lease: null }, { lease: null }])
  expect((await said()).filter((text) => text.includes('stays suspect'))).toHaveLength(2)
})

test('where the others are ill, one that is held is waited for', async () => {
  const other = { places: ['lab/board-2'], holder: 'attempt 9.1.1', why: 'a night', forMs: 60_000 }
  const theirs = (await requestLease(store, other, Date.now()))!
  await suspect('board-1')
  await lab.kill('board-1')
  const held = lease()
  while (!(await said()).some((text) => text.startsWith('Waiting for a place'))) await new Promise(setImmediate)
  await releaseLease(store, theirs)
  expect(await held).toMatchObject({ place: 'lab/board-2' })
})

test('one that its own worker died over while it looked is looked at again', async () => {
  await suspect('board-1', 'board-2')
  const before = {
    places: ['lab/board-1'],
    holder: 'attempt 1.1.1',
    why: '',
    forMs: 60_000,
    evenSuspect: true as const,
  }
  await requestLease(store, before, Date.now())
  expect(await lease()).toMatchObject({ place: 'lab/board-1', fence: 1 })
  expect((await lab.outlets.events()).map(({ to }) => to)).toEqual(['off', 'on', 'off'])
  expect(await placeStates(store)).toMatchObject([{ suspect: null }, { suspect: 'it broke.' }])
})

test('a place that broke once is tried again at once where no other is free, and not looked at', async () => {
  await suspect('board-2')
  await brokeOnBoard1(1, Date.now())
  expect(await lease(2)).toMatchObject({ place: 'lab/board-1' })
  expect(await lab.outlets.events()).toEqual([])
})

test('one that broke twice in a row rests, and no suspect one is looked at meanwhile', async () => {
  await suspect('board-2')
  const ended = Date.now() - 4_500
  await brokeOnBoard1(2, ended)
  expect(await lease(3)).toMatchObject({ place: 'lab/board-1' })
  expect(Date.now()).toBeGreaterThanOrEqual(ended + 5_000)
  expect(await said()).toEqual([
    'The lab broke 2 attempts in a row: the next one is made in 1 s, or as soon as another place is free.',
  ])
  expect(await lab.outlets.events()).toEqual([])
})

test('while one rests another is taken as soon as it is free', async () => {
  const other = { places: ['lab/board-2'], holder: 'attempt 9.1.1', why: 'a night', forMs: 60_000 }
  const theirs = (await requestLease(store, other, Date.now()))!
  // In a minute and a half nobody waits for this rest to be over.
  await brokeOnBoard1(5, Date.now() + 30_000)
  const held = lease(6)
  while ((await said()).length === 0) await new Promise(setImmediate)
  await releaseLease(store, theirs)
  expect(await held).toMatchObject({ place: 'lab/board-2' })
})
