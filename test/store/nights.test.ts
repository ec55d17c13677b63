import { describe, expect, it } from 'vitest'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { judgeCell, setCellBuilds, setCells, setNotRun, setTools } from '../../store/cells.ts'
import { attemptsOf, cellsOfRuns } from '../../store/night-cells.ts'
import {
  listNights,
  nightOfRun,
  nightOfWorkflow,
  nightsAfter,
  nightsOf,
  verdictsBefore,
  writeNight,
} from '../../store/nights.ts'
import { createRun } from '../../store/runs.ts'
import { readSamples } from '../../store/samples.ts'
import { deleteSchedule, listSchedules, writeSchedule } from '../../store/schedules.ts'
import { type Store } from '../../store/store.ts'
import type { Verdict } from '../../domain/verdict/verdict.ts'
import { noon, sampleEnd, sampleRun, sampleStart } from './samples.ts'
import { useStore } from './use-store.ts'

let store: Store
useStore((fresh) => (store = fresh))

const day = 86_400_000

/** A night of a schedule, with a run of two cells of which the first has a verdict. */
async function night(due: number, verdict?: Verdict, schedule = 'nightly'): Promise<number> {
  const run = await createRun(store, sampleRun(2))
  await writeNight(store, { schedule, workflowId: `${schedule}-${due}`, due, begun: due + 1, run, fault: null })
  if (verdict) await judgeCell(store, run, 1, { verdict, sentence: '', because: [] })
  return run
}

describe('nights', () => {
  it('are written once, however often their step is repeated, with a run or with a fault', async () => {
    const run = await night(noon)
    await writeNight(store, {
      schedule: 'nightly',
      workflowId: `nightly-${noon}`,
      due: 0,
      begun: 0,
      run: null,
      fault: 'x',
    })
    await writeNight(store, {
      schedule: 'other',
      workflowId: 'o',
      due: noon + day,
      begun: noon,
      run: null,
      fault: 'no plan',
    })
    expect(await listNights(store, undefined, 10)).toMatchObject([
      { schedule: 'other', run: null, fault: 'no plan' },
      { schedule: 'nightly', run, due: noon, fault: null },
    ])
    expect(await listNights(store, 'nightly', 10)).toHaveLength(1)
  })

  it('follow one another by the hour that they were due at, not by the one at which they were caught up with', async () => {
    await night(noon + day)
    await night(noon)
    await night(noon + 2 * day)
    const due = (nights: { due: number }[]) => nights.map((each) => (each.due - noon) / day)
    expect(due(await nightsOf(store, 'nightly', undefined, 10))).toEqual([2, 1, 0])
    expect(due(await nightsOf(store, 'nightly', 1, 10))).toEqual([1, 0])
    expect(due(await nightsAfter(store, 'nightly', 1))).toEqual([0, 2])
    expect(await nightsOf(store, 'nightly', 99, 10)).toEqual([])
    expect(await nightOfRun(store, 1)).toMatchObject({ id: 1, due: noon + day })
    expect(await nightOfWorkflow(store, `nightly-${noon}`)).toMatchObject({ id: 2, run: 2 })
    expect([await nightOfRun(store, 99), await nightOfWorkflow(store, 'none')]).toEqual([undefined, undefined])
  })

  it('know what a cell came to in those before, of the same schedule, newest first', async () => {
    await night(noon, 'pass')
    await night(noon + day, 'fail')
    await night(noon + day + 1, 'flaky', 'other')
    await night(noon + 2 * day)
    const run = await night(noon + 3 * day, 'pass')
    const { cells } = sampleRun(2)
    expect(await verdictsBefore(store, run, cells[0]!.id)).toEqual(['fail', 'pass'])
    expect(await verdictsBefore(store, run, cells[1]!.id)).toEqual([])
    expect(await verdictsBefore(store, 999, cells[0]!.id)).toEqual([])
  })
})

describe('cells of earlier nights', () => {
  it('come with what their attempts were, those that count and the time of all, by run', async () => {
    const run = await night(noon, 'pass')
    const end = await sampleEnd(store, 1)
    const boot = async (number: number, ending: 'finished' | 'infra') => {
      const start = { ...sampleStart({ run, cell: 1, number }), fence: number }
      await finishAttempt(store, start, { ...end, ending })
    }
    await boot(1, 'infra')
    await boot(2, 'finished')
    await startAttempt(store, { ...sampleStart({ run, cell: 1, number: 3 }), fence: 3 })
    await setNotRun(store, run, 2, { why: 'budget', sentence: 'too little was left' })
    await setTools(store, run, { qemu: '10.0.3' })
    expect((await cellsOfRuns(store, [run, 99])).get(run)).toMatchObject([
      { number: 1, verdict: { verdict: 'pass' }, notRun: null, attempts: { counted: 1, made: 2, seconds: 41 } },
      { number: 2, verdict: null, notRun: { why: 'budget' }, tools: { qemu: '10.0.3' }, attempts: { made: 0 } },
    ])
    expect(await attemptsOf(store, run, 1)).toMatchObject({ seconds: 41 })
    expect(await cellsOfRuns(store, [])).toEqual(new Map())
  })

  it('have the sources that were written over those of the plan, and nothing else changes', async () => {
    const run = await night(noon)
    const before = (await cellsOfRuns(store, [run])).get(run)!
    const source = { kind: 'git' as const, url: '/linux', ref: 'a'.repeat(40), was: 'main' }
    const { cell } = before[1]!
    const changed = { ...cell, kernel: { ...cell.kernel, sources: [source] } }
    await setCells(store, run, new Map([[2, changed]]))
    expect((await cellsOfRuns(store, [run])).get(run)!.map((one) => one.cell)).toEqual([before[0]!.cell, changed])
  })
})

describe('samples', () => {
  it('are the last attempts of each cell over all runs, oldest first, with what they were made of', async () => {
    const attempt = async (place: string, started: number): Promise<void> => {
      const run = await createRun(store, sampleRun(1))
      await setCellBuilds(store, run, 1, { kernel: 'k', firmware: null })
      const start = { ...sampleStart({ run, cell: 1, number: 1 }), place, started, fence: run }
      await finishAttempt(store, start, await sampleEnd(store, 2, String(run)))
    }
    await attempt('lab/rock-1', noon)
    await attempt('qemu/2.1', noon + 2)
    await attempt('lab/rock-2', noon + 1)
    const samples = await readSamples(store, { last: 2 })
    expect(samples.map(({ attempt: id, made }) => [id, made])).toEqual([
      ['3.1.1', { place: 'lab/rock-2', kernel: 'k' }],
      ['2.1.1', { kernel: 'k' }],
    ])
    expect(samples[0]!.findings.length).toBe(2)
    expect(await readSamples(store, { last: 2, plan: 'another' })).toEqual([])
  })
})

it('schedules are remembered by name, the last that was applied, until they are removed', async () => {
  const schedule = { name: 'nightly', file: '/a.yaml', digest: 'd', server: 's', applied: noon }
  await writeSchedule(store, schedule)
  await writeSchedule(store, { ...schedule, digest: 'e' })
  expect(await listSchedules(store)).toEqual([{ ...schedule, digest: 'e' }])
  await deleteSchedule(store, 'nightly')
  expect(await listSchedules(store)).toEqual([])
})
