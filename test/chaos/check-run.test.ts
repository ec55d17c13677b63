/** What the check finds in a store: each fault that a disturbance may leave, and nothing in a run that only lost time. */
import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { AttemptEnd } from '../../store/attempt.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { judgeCell } from '../../store/cells.ts'
import { runDetail } from '../../store/details.ts'
import { createRun, endRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { noon, sampleEnd, sampleRun, sampleStart, temporaryState } from '../store/samples.ts'
import { faultsOfRun, lostOf, undisturbed, type Fault, type Undisturbed } from './check-run.ts'

let store: Store
let expected: Map<string, Undisturbed>

beforeEach(async () => {
  store = await openStore(await temporaryState())
  const run = await begun()
  await attempt(run, 1, {})
  await ended(run)
  expected = undisturbed(await runDetail(store, run))
})
afterEach(async () => {
  await store.close()
  await rm(store.folder, { recursive: true })
})

async function begun(): Promise<number> {
  return await createRun(store, sampleRun(1))
}

/** Writes an attempt of the run's one cell; each is an hour behind the one before. */
async function attempt(
  run: number,
  number: number,
  end: Partial<AttemptEnd> | undefined,
  start: { started?: number; fence?: number } = {},
): Promise<void> {
  const hour = number * 3_600_000
  const key = { run, cell: 1, number }
  const place = `qemu/${run}.1`
  const begin = { ...sampleStart(key), place, fence: 2 * number, started: noon + hour, ...start }
  await startAttempt(store, begin)
  if (end) await finishAttempt(store, begin, { ...(await sampleEnd(store)), ended: noon + hour + 20_000, ...end })
}

async function ended(run: number, verdict = 'known-fail', end = { state: 'finished', exitCode: 0 }): Promise<void> {
  await judgeCell(store, run, 1, { verdict: verdict as 'pass', sentence: 'So it is.', because: [] })
  await endRun(store, run, { ...end, state: end.state as 'finished', ended: noon + 1, summary: 'It is over.' })
}

async function faults(run: number): Promise<Fault[]> {
  return faultsOfRun(await runDetail(store, run), expected)
}

it('finds nothing in a run that lost attempts and made them again', async () => {
  const run = await begun()
  await attempt(run, 1, { ending: 'infra', findings: [] })
  await attempt(run, 2, { ending: 'tainted', findings: [] })
  await attempt(run, 3, {})
  await ended(run)
  expect(await faults(run)).toEqual([])
  expect(lostOf(await runDetail(store, run))).toEqual({ infra: 1, tainted: 1 })
})

it('finds a verdict that is not the one of an undisturbed run', async () => {
  const run = await begun()
  await attempt(run, 1, {})
  await ended(run, 'pass')
  expect(await faults(run)).toEqual([{ kind: 'wrong verdict', what: `${run}.1 is pass, not known-fail: So it is.` }])
})

it.each(['hung', 'kernel-fault', 'firmware-fault', 'cancelled'] as const)(
  'finds an attempt that is blamed on the target or on the user: %s',
  async (ending) => {
    const run = await begun()
    await attempt(run, 1, { ending, sentence: 'Nothing came for 60 s.' })
    await attempt(run, 2, {})
    await ended(run)
    expect(await faults(run)).toEqual([
      { kind: 'wrong verdict', what: `attempt ${run}.1.1 ended as ${ending}: Nothing came for 60 s.` },
    ])
  },
)

it('finds what a guest whose clock jumped says, although the verdict is right', async () => {
  const run = await begun()
  const { findings } = await sampleEnd(store)
  const stall = { id: 'fault.kernel', outcome: 'fail' as const, sentence: 'RCU stall.', evidence: [], facts: {} }
  const changed = findings.map((finding, n) => (n === 0 ? { ...finding, outcome: 'unknown' as const } : finding))
  await attempt(run, 1, { findings: [...changed, stall] })
  await ended(run)
  expect((await faults(run)).map(({ kind, what }) => `${kind}: ${what}`).toSorted()).toEqual(
    [
      `wrong verdict: attempt ${run}.1.1 says fault.kernel fail, not nothing`,
      `wrong verdict: attempt ${run}.1.1 says ffa.check0 unknown, not fail`,
    ].toSorted(),
  )
})

it('finds a run that failed', async () => {
  const failed = await begun()
  await endRun(store, failed, { state: 'failed', ended: noon, exitCode: 3, summary: 'A result is written once.' })
  expect(await faults(failed)).toEqual([
    { kind: 'failed run', what: `run ${failed} is failed: A result is written once.` },
  ])
})

it('finds a run that exits otherwise than it should', async () => {
  const odd = await begun()
  await attempt(odd, 1, {})
  await ended(odd, 'known-fail', { state: 'finished', exitCode: 3 })
  expect(await faults(odd)).toEqual([{ kind: 'failed run', what: `run ${odd} exits with 3` }])
})

it('finds rows that stay open: of a run, a cell, an attempt', async () => {
  const run = await begun()
  await attempt(run, 1, undefined)
  expect((await faults(run)).map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
    `open row: run ${run} is still running`,
    `open row: attempt ${run}.1.1 has no end`,
  ])
  await endRun(store, run, { state: 'finished', ended: noon, exitCode: 0, summary: 'It is over.' })
  expect((await faults(run)).map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
    `open row: ${run}.1 has no verdict`,
    `open row: attempt ${run}.1.1 has no end`,
  ])
})

it('finds attempts of one place that were beside each other', async () => {
  const run = await begun()
  await attempt(run, 1, { ending: 'infra', findings: [] })
  await attempt(run, 2, {}, { started: noon + 3_600_000 + 19_999 })
  await ended(run)
  expect(await faults(run)).toEqual([{ kind: 'other', what: `attempt ${run}.1.2 began before ${run}.1.1 had ended` }])
})

it('takes no run for undisturbed that did not come out at once', async () => {
  const run = await begun()
  await attempt(run, 1, { ending: 'infra', findings: [] })
  await attempt(run, 2, {})
  await ended(run)
  const detail = await runDetail(store, run)
  expect(() => undisturbed(detail)).toThrow(`Nobody disturbed run ${run}`)
})
