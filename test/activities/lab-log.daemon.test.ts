/** What the lab does during an attempt, noted by its steps and judged, also when its worker is gone: on boards that are scripts. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import type { Client } from '@temporalio/client'
import { DefaultLogger } from '@temporalio/worker'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { attemptFolder } from '../../activities/attempt-place.ts'
import { beginAttempt } from '../../activities/begin-attempt.ts'
import { closeLostAttempt } from '../../activities/close-lost-attempt.ts'
import { onHeldPlace } from '../../activities/held-place.ts'
import { judgeAgain } from '../../reading/judge-again.ts'
import { leasePlace } from '../../activities/lease-place.ts'
import { lookAfterHang } from '../../activities/look-after-hang.ts'
import { powerOffPlace } from '../../activities/power-off-place.ts'
import type { Finding } from '../../domain/finding.ts'
import { putArtifact } from '../../store/artifacts.ts'
import { findAttempt } from '../../store/attempts.ts'
import { cellDetail } from '../../store/details.ts'
import { requestLease, setSuspect } from '../../store/leases.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { bootTarget } from '../../targets/boot.ts'
import type { BootEnd, BootWatch } from '../../targets/boot-order.ts'
import type { OpenPlace } from '../../targets/place/place.ts'
import type { TargetOrder } from '../../targets/target-order.ts'
import type { LeasedAttempt } from '../../workflows/contracts.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { makeScriptLab, type ScriptLab } from '../rack/script-board.ts'
import { sampleCell, sampleRun } from '../store/samples.ts'

const which = { run: 1, cell: 1, attempt: 1 }
const never = new AbortController().signal
let folder: string
let store: Store
let lab: ScriptLab

beforeEach(async () => {
  folder = await tempFolder()
  lab = await makeScriptLab(folder, ['board-1'])
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

const deps = () => ({
  store,
  folders: { state: store.folder, cache: store.folder },
  client: undefined as unknown as Client,
})
const asStep = <T>(work: () => Promise<T>): Promise<T> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(work) as Promise<T>

/** Boots the board as far as a script can be booted: it greets and falls silent. @param silence seconds until that is a hang */
async function hang(task: LeasedAttempt, silence = 1, heard?: () => void): Promise<BootEnd> {
  const { cell, run } = await cellDetail(store, 1, 1)
  const start = await beginAttempt(deps(), task, cell.cell.target.name)
  await mkdir(start.folder, { recursive: true })
  const image = join(folder, 'Image')
  await writeFile(image, 'a kernel')
  return await onHeldPlace(deps(), run, task, async (open, place) => {
    await open.off(never)
    const end = await boot(open, start.folder, { image, initrd: image, firmware: {} }, silence, heard)
    await lookAfterHang(end, open, place, start.folder, never)
    return end
  })
}

async function boot(
  open: OpenPlace,
  attempt: string,
  files: TargetOrder['files'],
  silence: number,
  heard?: () => void,
): Promise<BootEnd> {
  const flashed = await open.flash(files, '', never)
  const place = { folder: join(folder, 'claim'), fence: 2, owner: 'a test' }
  const order = { folder: attempt, limits: { silence }, place, files, cmdline: '' } as unknown as TargetOrder
  const watch: BootWatch = { progress: ({ bytes }) => (bytes > 0 ? heard?.() : undefined) }
  return await bootTarget(order, open.powerUp(order, flashed), watch, never)
}

async function lease(): Promise<LeasedAttempt> {
  const request = { places: ['lab/board-1'], holder: 'attempt 1.1.1', why: 'a test', forMs: 60_000 }
  const { place, fence } = (await requestLease(store, request, Date.now()))!
  return { ...which, held: { place, fence } }
}

const close = (reason: string) => closeLostAttempt(deps(), { ...which, reason })
async function labFindings(): Promise<Record<string, Finding>> {
  const { end } = (await findAttempt(store, { run: 1, cell: 1, number: 1 }))!
  return Object.fromEntries(end!.findings.filter(({ id }) => id.startsWith('lab.')).map((one) => [one.id, one]))
}
const outcomes = (findings: Record<string, Finding>) =>
  Object.fromEntries(Object.entries(findings).map(([id, { outcome }]) => [id, outcome]))

test('a board that hung and answers afterwards is healthy; a worker that dies then loses nothing of that', async () => {
  const end = await hang(await lease())
  expect(end.host.stop).toBe('silence')
  await close('The worker fell silent.')
  const findings = await labFindings()
  expect(outcomes(findings)).toEqual({
    'lab.power': 'pass',
    'lab.console': 'pass',
    // A command flashed it, which nothing can read back.
    'lab.flash': 'unknown',
    'lab.first-byte': 'pass',
    // No kernel said a word.
    'lab.wire': 'unknown',
    'lab.health': 'pass',
  })
  expect(findings['lab.health']!.evidence).toMatchObject([
    { kind: 'lab', text: expect.stringMatching(/^board-1 is healthy: It is healthy: uart0 said its first byte/) },
  ])
  const { end: stored } = (await findAttempt(store, { run: 1, cell: 1, number: 1 }))!
  expect(stored!.artifacts.map(({ name }) => name)).toContain('lab')
  expect((await judgeAgain(store, 1, 0)).changes).toEqual([])
})

test('a board that is dead after a silence is ill, in the words of what it did not do', async () => {
  const task = await lease()
  const greeting = Promise.withResolvers<void>()
  const greeted = hang(task, 1, greeting.resolve)
  // It greets once; switched on again it says nothing.
  await greeting.promise
  await lab.kill('board-1')
  expect((await greeted).host.stop).toBe('silence')
  await close('x')
  expect((await labFindings())['lab.health']).toMatchObject({
    outcome: 'fail',
    sentence: 'board-1 was switched on and said nothing on any console within 2 s.',
  })
  expect(await lab.outlets.read('board-1')).toBe('off')
})

test('a board that says nothing at all has no first byte, and its outlet is cited as on and off', async () => {
  await lab.kill('board-1')
  const end = await hang(await lease(), 30)
  expect(end.host.stop).toBe('lost')
  await close(end.host.reason)
  const findings = await labFindings()
  expect(findings['lab.first-byte']).toMatchObject({ outcome: 'fail', sentence: end.host.reason })
  expect(findings['lab.power']).toMatchObject({ outcome: 'pass', facts: { says: 'off' } })
})

test('an outlet that is stuck is quoted with what it says', async () => {
  const task = await lease()
  await lab.outlets.behave('board-1', 'stuck')
  await expect(hang(task, 30)).rejects.toThrow(/PDU rail says off of outlet board-1, which was told on/)
  await close('x')
  expect((await labFindings())['lab.power']).toMatchObject({
    outcome: 'fail',
    sentence: expect.stringMatching(/^outlet board-1 of rail could not be switched on: PDU rail says off of outlet/),
  })
}, 60_000)

test('where no place is healthy, the attempt that had none shows what each did not do', async () => {
  await setSuspect(store, 'lab/board-1', 'it broke.')
  await lab.kill('board-1')
  await expect(asStep(() => leasePlace(deps(), which))).rejects.toThrow('No place is healthy')
  await close('No place is healthy.')
  expect((await labFindings())['lab.health']).toMatchObject({
    outcome: 'fail',
    facts: { by: 'lab/board-1' },
    sentence: expect.stringMatching(/^board-1 was switched on and said nothing/),
  })
})

test('what comes after an attempt was closed is noted nowhere', async () => {
  const task = await lease()
  await hang(task)
  await close('x')
  await asStep(() => powerOffPlace(deps(), task))
  await expect(readFile(join(attemptFolder(store.folder, which), 'kept', 'lab'))).rejects.toMatchObject({
    code: 'ENOENT',
  })
})
