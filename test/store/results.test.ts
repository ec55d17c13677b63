import { expect, test } from 'vitest'
import { findAttempt, finishAttempt, startAttempt, unfinishedAttempts } from '../../store/attempts.ts'
import { judgeCell, setCellBuilds } from '../../store/cells.ts'
import { attemptDetail, cellDetail, runDetail } from '../../store/details.ts'
import { putBuild } from '../../store/builds.ts'
import { bootSeconds, buildSeconds, paceHistory } from '../../store/history.ts'
import { createRun, endRun, latestRun, listRuns, runningRuns } from '../../store/runs.ts'
import { type Store } from '../../store/store.ts'
import { failedBuild, noon, sampleBuild, sampleEnd, sampleRun, sampleStart } from './samples.ts'
import { useStore } from './use-store.ts'

let store: Store
useStore((fresh) => (store = fresh))

const verdict = { verdict: 'known-fail', sentence: 'The known bug is there.', because: [] } as const

test('a run is known by its workflow: creating it again gives the same number and changes nothing', async () => {
  const plan = sampleRun(2, 'workflow-a')
  expect(await createRun(store, plan)).toBe(1)
  expect(await createRun(store, { ...plan, plan: 'other', cells: [] })).toBe(1)
  expect(await createRun(store, sampleRun(1, 'workflow-b'))).toBe(2)
  const { run, cells } = await runDetail(store, 1)
  expect(run.plan).toBe('first-look')
  expect(cells.map((cell) => cell.cell)).toEqual(plan.cells)
})

test('a run whose cells cannot all be written is not written at all', async () => {
  const plan = sampleRun(2)
  const [cell] = plan.cells
  await expect(createRun(store, { ...plan, cells: [cell!, cell!] })).rejects.toMatchObject({ code: 'StoreBroken' })
  expect(await latestRun(store)).toBeUndefined()
})

test('lists show running runs, the newest run and how many cells have which verdict', async () => {
  const first = await createRun(store, sampleRun(3))
  const second = await createRun(store, sampleRun(1))
  await judgeCell(store, first, 1, { ...verdict, because: [{ attempt: 1, finding: 'ffa.usable' }] })
  await judgeCell(store, first, 2, { ...verdict, because: [], verdict: 'pass' })
  await endRun(store, first, { state: 'finished', ended: noon + 9, exitCode: 0, summary: 'As expected.' })

  expect((await runningRuns(store)).map((run) => run.id)).toEqual([second])
  expect((await latestRun(store))?.id).toBe(second)
  const [newest, older] = await listRuns(store)
  expect(newest).toMatchObject({ id: second, state: 'running', ended: null, cells: 1, verdicts: {} })
  expect(older).toMatchObject({ id: first, exitCode: 0, cells: 3, verdicts: { 'known-fail': 1, pass: 1 } })
  expect(await listRuns(store, 1)).toEqual([newest])
})

test('a run ends once', async () => {
  const run = await createRun(store, sampleRun())
  const end = { state: 'cancelled', ended: noon + 5, exitCode: 130, summary: 'Cancelled.' } as const
  await endRun(store, run, end)
  await endRun(store, run, { ...end, ended: noon + 6 })
  expect(await latestRun(store)).toMatchObject({ state: 'cancelled', ended: noon + 5 })
  expect(await endRun(store, run, { ...end, state: 'finished' })).toBe(false)
  await expect(endRun(store, 77, end)).rejects.toThrow('There is no run 77')
})

test('an attempt comes back as it was written, with everything around it', async () => {
  const run = await createRun(store, sampleRun())
  const kernel = await putBuild(store, await sampleBuild(store, 'a'.repeat(64)))
  await setCellBuilds(store, run, 2, { kernel: kernel.id, firmware: 'f'.repeat(64) })
  const start = sampleStart({ run, cell: 2, number: 1 })
  const end = await sampleEnd(store)
  await startAttempt(store, start)
  expect(await unfinishedAttempts(store)).toEqual([start])
  await finishAttempt(store, start, end)
  await judgeCell(store, run, 2, { ...verdict, because: [{ attempt: 1, finding: 'ffa.check0' }] })

  expect(await unfinishedAttempts(store, run)).toEqual([])
  const detail = await attemptDetail(store, start)
  expect(detail.attempt).toEqual({ id: `${run}.2.1`, ...start, end })
  expect(detail.kernel).toEqual(kernel)
  expect(detail.firmware).toBeNull()
  expect(detail.cell.verdict?.because).toEqual([{ attempt: 1, finding: 'ffa.check0' }])
  expect(await cellDetail(store, run, 2)).toEqual({ run: detail.run, cell: detail.cell, kernel, firmware: null })
  const whole = await runDetail(store, run)
  expect(whole.builds).toEqual([kernel])
  expect(whole.cells.map((cell) => cell.attempts.length)).toEqual([0, 1, 0])
})

test('what does not exist is said in one sentence', async () => {
  const run = await createRun(store, sampleRun())
  await expect(runDetail(store, 9)).rejects.toThrow('There is no run 9.')
  await expect(cellDetail(store, run, 9)).rejects.toThrow('There is no cell 1.9.')
  await expect(attemptDetail(store, { run, cell: 1, number: 3 })).rejects.toThrow('There is no attempt 1.1.3.')
  await expect(judgeCell(store, run, 9, { ...verdict, because: [] })).rejects.toThrow('There is no cell 1.9.')
  expect(await findAttempt(store, { run, cell: 1, number: 3 })).toBeUndefined()
})

test('writing the same attempt twice changes nothing', async () => {
  const run = await createRun(store, sampleRun())
  const start = sampleStart({ run, cell: 1, number: 1 })
  const end = await sampleEnd(store)
  await startAttempt(store, start)
  await startAttempt(store, start)
  await finishAttempt(store, start, end)
  const written = await attemptDetail(store, start)
  await finishAttempt(store, start, { ...end, artifacts: end.artifacts.toReversed() })
  expect(await attemptDetail(store, start)).toEqual(written)
})

test('an attempt is closed once: who comes second learns the ending that stands, and nobody begins it again', async () => {
  const run = await createRun(store, sampleRun())
  const start = sampleStart({ run, cell: 1, number: 1 })
  const end = await sampleEnd(store)
  await startAttempt(store, start)
  await expect(startAttempt(store, { ...start, folder: '/elsewhere' })).rejects.toMatchObject({ code: 'BadInput' })
  expect(await finishAttempt(store, start, end)).toEqual({ first: true, ending: 'finished' })
  const written = await attemptDetail(store, start)
  const lost = { ...end, ending: 'infra' as const, sentence: 'The worker fell silent.', findings: [] }
  expect(await finishAttempt(store, start, lost)).toEqual({ first: false, ending: 'finished' })
  await expect(startAttempt(store, start)).rejects.toMatchObject({
    code: 'StaleFence',
    message: expect.stringContaining('has been closed as finished'),
  })
  expect(await attemptDetail(store, start)).toEqual(written)
})

test('an attempt that was never announced can be written whole', async () => {
  const run = await createRun(store, sampleRun())
  const start = sampleStart({ run, cell: 1, number: 1 })
  const end = await sampleEnd(store)
  await finishAttempt(store, start, end)
  expect(await findAttempt(store, start)).toEqual({ id: `${run}.1.1`, ...start, end })
})

test('an attempt whose artifacts are not all kept is not written', async () => {
  const run = await createRun(store, sampleRun())
  const start = sampleStart({ run, cell: 1, number: 1 })
  const end = await sampleEnd(store)
  const lost = { name: 'records', sha256: 'e'.repeat(64), size: 7, world: null }
  await expect(finishAttempt(store, start, { ...end, artifacts: [...end.artifacts, lost] })).rejects.toThrow(
    /The file records of attempt 1\.1\.1 is not among the artifacts/,
  )
  expect(await findAttempt(store, start)).toBeUndefined()
})

test('a failure in the middle of an attempt takes back what came before it', async () => {
  const run = await createRun(store, sampleRun())
  const start = sampleStart({ run, cell: 1, number: 1 })
  const end = await sampleEnd(store)
  const twice = { ...end, artifacts: [...end.artifacts, end.artifacts[0]!] }
  await expect(finishAttempt(store, start, twice)).rejects.toMatchObject({ code: 'StoreBroken' })
  expect(await findAttempt(store, start)).toBeUndefined()
  await finishAttempt(store, start, end)
})

test('an older lease of a place can write nothing; another place has fences of its own', async () => {
  const run = await createRun(store, sampleRun())
  await startAttempt(store, { ...sampleStart({ run, cell: 1, number: 1 }), fence: 7 })
  const stale = { ...sampleStart({ run, cell: 2, number: 1 }), fence: 6 }
  await expect(startAttempt(store, stale)).rejects.toMatchObject({ code: 'StaleFence' })
  await expect(finishAttempt(store, stale, await sampleEnd(store))).rejects.toMatchObject({ code: 'StaleFence' })
  await startAttempt(store, { ...stale, place: 'qemu-2' })
  expect((await unfinishedAttempts(store)).map((attempt) => attempt.place)).toEqual(['qemu-1', 'qemu-2'])
})

test('an attempt of a cell that does not exist is refused', async () => {
  await expect(startAttempt(store, sampleStart({ run: 1, cell: 1, number: 1 }))).rejects.toMatchObject({
    code: 'StoreBroken',
  })
})

test('history remembers how slow each stage was but for the slowest time, of attempts on that target that finished', async () => {
  expect(await paceHistory(store, 'qemu')).toEqual({ silences: {}, stages: {} })
  expect(await bootSeconds(store, 'qemu')).toBeUndefined()
  const run = await createRun(store, sampleRun())
  const end = await sampleEnd(store)
  await finishAttempt(store, sampleStart({ run, cell: 1, number: 1 }), end)
  const slower = { ...end, ended: end.ended + 2000, pace: { silences: { kernel: 1, init: 4 }, stages: { kernel: 3 } } }
  await finishAttempt(store, sampleStart({ run, cell: 1, number: 2 }), slower)
  const hung = {
    ...end,
    ended: end.ended + 9000,
    ending: 'hung' as const,
    pace: { silences: { kernel: 60 }, stages: {} },
  }
  await finishAttempt(store, sampleStart({ run, cell: 2, number: 1 }), hung)

  expect(await paceHistory(store, 'qemu')).toEqual({
    silences: { kernel: 1 },
    stages: { kernel: 3 },
  })
  expect(await bootSeconds(store, 'qemu')).toBe(22.5)
  expect(await paceHistory(store, 'fvp')).toEqual({ silences: {}, stages: {} })
})

test('build times come from the newest build of that name that did not fail, and of a first build there is none', async () => {
  expect(await buildSeconds(store, 'kernel', 'linux-6.18.5')).toBeUndefined()
  await putBuild(store, { ...(await sampleBuild(store, '1')), seconds: 100 })
  await putBuild(store, { ...(await sampleBuild(store, '2')), seconds: 90, started: noon + 1 })
  await putBuild(store, failedBuild('3', noon + 2))
  await putBuild(store, { ...(await sampleBuild(store, '4')), name: 'linux-next', seconds: 300, started: noon + 3 })
  expect(await buildSeconds(store, 'kernel', 'linux-6.18.5')).toBe(90)
  expect(await buildSeconds(store, 'kernel', 'never-built')).toBeUndefined()
  expect(await buildSeconds(store, 'firmware', 'linux-6.18.5')).toBeUndefined()
})
