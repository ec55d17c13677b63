import { existsSync } from 'node:fs'
/** Attempts whose worker is gone, with real files on the disk and a real store: what is kept of them and what they mean. */
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { attemptFolder, claimFolder, fenceOf, placeOf } from '../../activities/attempt-place.ts'
import { closeLostAttempt } from '../../activities/close-lost-attempt.ts'
import { closeOpenAttempts } from '../../activities/close-open-attempts.ts'
import { judgeAgain } from '../../reading/judge-again.ts'
import { machineSetupProduct } from '../../builds/firmware/machine-setup.ts'
import { makeConsoleFolder } from '../../targets/lines.ts'
import type { Cell } from '../../domain/cell.ts'
import { encodeFrame, payloadOf } from '../../domain/records/frame.ts'
import type { AttemptStart } from '../../store/attempt.ts'
import { findAttempt, finishAttempt, startAttempt, unfinishedAttempts } from '../../store/attempts.ts'
import { artifactPath, putArtifact } from '../../store/artifacts.ts'
import { putBuild } from '../../store/builds.ts'
import { setCellBuilds } from '../../store/cells.ts'
import { placeStates } from '../../store/leases.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { noon, sampleBuild, sampleCell, sampleEnd, sampleRun, temporaryState } from '../store/samples.ts'

const task = { run: 1, cell: 1, attempt: 1 }
const reason = 'The worker that ran the step fell silent.'
const key = { run: 1, cell: 1, number: 1 }
const hello = encodeFrame({
  sequence: 1,
  payload: payloadOf({ fact: 'hello', init: 'test', release: '6', machine: 'aarch64', channel: 'hyplab.records' }),
})

const board = { kind: 'board' as const, name: 'board', class: 'rk3588', tags: ['tpm'] }

let store: Store
let start: AttemptStart
const deps = () => ({
  store,
  folders: { state: store.folder, cache: join(store.folder, 'cache') },
  client: undefined as unknown as Client,
})

beforeEach(async () => {
  store = await openStore(await temporaryState())
  await createRun(store, sampleRun(2, 'workflow'))
  const place = placeOf(task, 'qemu')
  start = { ...key, place, fence: fenceOf(1), folder: attemptFolder(store.folder, task), started: noon }
})

afterEach(async () => {
  await store.close()
  await rm(store.folder, { recursive: true })
})

/** The attempt began, its consoles said this, and then its worker was gone. */
async function lostAfter(uart0: string | Buffer, records = ''): Promise<void> {
  await startAttempt(store, start)
  const consoles = join(start.folder, 'consoles')
  await mkdir(start.folder, { recursive: true })
  makeConsoleFolder(start.folder, [
    { name: 'uart0', worlds: ['EL3', 'NS'] },
    { name: 'uart1', worlds: ['S-EL1'] },
    { name: 'records', worlds: [] },
  ])
  for (const [name, text] of Object.entries({ uart0, uart1: '', records })) {
    await writeFile(join(consoles, `${name}.raw`), text)
    await writeFile(join(consoles, `${name}.times`), '')
  }
}

const close = () => closeLostAttempt(deps(), { ...task, reason })

test('a panic that reached the disk stays a panic, with its findings, and judging it again says the same', async () => {
  const real = await readFile('test/fixtures/consoles/linux-6.18.5-ffa-builtin-pkvm.uart0.log')
  const panic = '\n[    9.000000] Kernel panic - not syncing: x\n[    9.100000] ---[ end Kernel panic ]---\n'
  await lostAfter(Buffer.concat([real.subarray(0, real.length / 2), Buffer.from(panic)]))
  expect(await close()).toEqual({ ending: 'kernel-fault' })
  const { end } = (await findAttempt(store, key))!
  expect(end).toMatchObject({ stage: 'kernel', host: { stop: 'lost', reason }, sentence: expect.stringContaining('x') })
  expect(end!.findings.find(({ id }) => id === 'fault.kernel')).toMatchObject({
    outcome: 'fail',
    evidence: [{ console: 'uart0' }],
  })
  expect((await judgeAgain(store, 1, noon)).changes).toEqual([])
})

test('what the record channel brought is kept as that, and is no console', async () => {
  await lostAfter('[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]\n', `${hello}\n`)
  expect(await close()).toEqual({ ending: 'infra' })
  const { end } = (await findAttempt(store, key))!
  expect(end!.artifacts.map(({ name }) => name)).toEqual([
    'console/uart0',
    'console/uart0.times',
    'console/uart1',
    'console/uart1.times',
    'records',
  ])
  expect(end).toMatchObject({ stage: 'init', sentence: reason })
})

test('a stall that the kernel found while nobody watched the target is not its fault', async () => {
  await lostAfter('[   27.000000] rcu: INFO: rcu_preempt self-detected stall on CPU\n')
  const before = (Date.now() - 25_000) / 1000
  await utimes(join(start.folder, 'consoles', 'uart0.raw'), before, before)
  expect(await close()).toEqual({ ending: 'tainted' })
})

test('an attempt that its worker closed after all stays as it is', async () => {
  await startAttempt(store, start)
  const end = await sampleEnd(store)
  await finishAttempt(store, start, end)
  expect(await close()).toEqual({ ending: 'finished' })
  expect((await findAttempt(store, key))!.end).toEqual(end)
})

test('the folder of an attempt goes whose worker died between its end and the tidying up', async () => {
  await lostAfter('NOTICE:  Booting Trusted Firmware\n')
  await finishAttempt(store, start, await sampleEnd(store))
  expect(await close()).toEqual({ ending: 'finished' })
  expect(existsSync(start.folder)).toBe(false)
})

test('an attempt that never began is closed, so that a worker which comes too late is refused', async () => {
  expect(await close()).toEqual({ ending: 'infra' })
  expect((await findAttempt(store, key))!.end).toMatchObject({ ending: 'infra', sentence: reason, artifacts: [] })
  await expect(startAttempt(store, { ...start, started: noon + 5 })).rejects.toMatchObject({ code: 'StaleFence' })
})

test('whose worker is stopped meanwhile leaves the attempt open with its files, and closes it when it is done again', async () => {
  await lostAfter('[    9.000000] Kernel panic - not syncing: x\n')
  const stopped = new Error('the worker is stopped')
  const cut = closeLostAttempt(deps(), { ...task, reason }, AbortSignal.abort(stopped))
  await expect(cut).rejects.toBe(stopped)
  expect((await findAttempt(store, key))!.end).toBeNull()
  expect(await close()).toEqual({ ending: 'kernel-fault' })
})

test('can be done twice, and leaves neither a claim nor a folder', async () => {
  await lostAfter('NOTICE:  Booting Trusted Firmware\n')
  expect(await close()).toEqual({ ending: 'infra' })
  const { end } = (await findAttempt(store, key))!
  expect(await close()).toEqual({ ending: 'infra' })
  expect((await findAttempt(store, key))!.end).toEqual(end)
  const folder = claimFolder(store.folder, start.place)
  expect(await readFile(join(folder, `${fenceOf(1) + 1}.0.claim`), 'utf8')).toContain('"released":true')
  await expect(readFile(join(start.folder, 'consoles', 'uart0.raw'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('the open attempts of one cell are closed, those of another are not', async () => {
  await lostAfter('NOTICE:  Booting Trusted Firmware\n')
  const other = { ...start, cell: 2, place: placeOf({ ...task, cell: 2 }, 'qemu') }
  await startAttempt(store, other)
  await closeOpenAttempts(deps(), { run: 1, cell: 1, reason: 'x' })
  expect(await unfinishedAttempts(store)).toMatchObject([{ cell: 2 }])
  await closeOpenAttempts(deps(), { run: 1, reason: 'x' })
  expect(await unfinishedAttempts(store)).toEqual([])
})

test('an attempt is closed although the Image that it was to boot has gone from the store', async () => {
  const kernel = await sampleBuild(store, 'kernel')
  const firmware = {
    ...(await sampleBuild(store, 'firmware')),
    kind: 'firmware' as const,
    products: await Promise.all(
      ['qemu_fw.bios', machineSetupProduct].map(async (name) => ({
        name,
        ...(await putArtifact(store, Buffer.from(name))),
      })),
    ),
  }
  for (const build of [kernel, firmware]) await putBuild(store, build)
  await setCellBuilds(store, 1, 1, { kernel: 'kernel', firmware: 'firmware' })
  await rm(artifactPath(store, kernel.products[0]!.sha256))
  expect(await close()).toEqual({ ending: 'infra' })
  const { end } = (await findAttempt(store, key))!
  expect(end!.artifacts.map(({ name }) => name)).toEqual(['firmware', machineSetupProduct])
})

test('an attempt is closed although what it left cannot be read', async () => {
  await startAttempt(store, start)
  // A folder where a file should be: whatever damages a disk leaves.
  await mkdir(start.folder, { recursive: true })
  makeConsoleFolder(start.folder, [{ name: 'uart0', worlds: ['NS'] }])
  await mkdir(join(start.folder, 'consoles', 'uart0.raw'))
  expect(await close()).toEqual({ ending: 'infra' })
  expect((await findAttempt(store, key))!.end!.sentence).toMatch(
    /^The worker .* silent\. What it left cannot be kept: /,
  )
})

test('a place of a lab is suspect as soon as the last attempt is closed that the plan has patience for', async () => {
  const cell = { ...sampleCell('protected'), target: board, stack: { name: 'installed' } }
  await createRun(store, { ...sampleRun(1), cells: [{ ...cell, attempts: { count: 1, infra: 2 } }] })
  const lose = async (attempt: number, uart0: string): Promise<string> => {
    const folder = attemptFolder(store.folder, { run: 2, cell: 1, attempt })
    start = { run: 2, cell: 1, number: attempt, place: 'lab/rock-1', fence: fenceOf(attempt), folder, started: noon }
    await lostAfter(uart0)
    return (await closeLostAttempt(deps(), { run: 2, cell: 1, attempt, reason })).ending
  }
  const suspect = async (): Promise<unknown> => (await placeStates(store)).map(({ place, suspect }) => [place, suspect])
  expect(await lose(1, '')).toBe('infra')
  expect(await lose(2, '[    9.000000] Kernel panic - not syncing: x\n')).toBe('kernel-fault')
  expect(await lose(3, '')).toBe('infra')
  expect(await suspect()).toEqual([])
  expect(await lose(4, '')).toBe('infra')
  expect(await suspect()).toEqual([['lab/rock-1', 'the last 2 attempts on it ended in infra.']])
})

test('what is no place of a lab is never suspect', async () => {
  for (const number of [1, 2, 3]) {
    start = {
      ...start,
      number,
      fence: fenceOf(number),
      folder: attemptFolder(store.folder, { ...task, attempt: number }),
    }
    await lostAfter('')
    expect(await closeLostAttempt(deps(), { ...task, attempt: number, reason })).toEqual({ ending: 'infra' })
  }
  expect(await placeStates(store)).toEqual([])
})

test.each<[string, Partial<Cell>, boolean, string]>([
  [
    'of a board that waited for a place',
    { target: board },
    false,
    ' while it waited for a place of class rk3588 with tpm',
  ],
  ['of a board that was being flashed', { target: board }, true, ' before power-on'],
  ['of a machine of its own', {}, false, ' before it began'],
])('a cancelled attempt %s says how far it had come', async (_what, over, begun, how) => {
  await createRun(store, { ...sampleRun(1), cells: [{ ...sampleCell('protected'), ...over }] })
  if (begun) await startAttempt(store, { ...start, run: 2 })
  expect(await closeLostAttempt(deps(), { ...task, run: 2, reason: 'cancelled' })).toEqual({ ending: 'cancelled' })
  const { end } = (await findAttempt(store, { ...key, run: 2 }))!
  expect(end).toMatchObject({ sentence: `The attempt was cancelled${how}.`, host: { stop: 'cancelled' } })
})
