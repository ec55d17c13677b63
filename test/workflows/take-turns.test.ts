/** Cells that take turns: `pairs` in a plan, as a run's story makes them. */
import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/registry.ts'
import type { Ending } from '../../domain/attempt.ts'
import { queues } from '../../domain/naming.ts'
import type { BrokenCell, CellOutline, LeaseTask, UnbuiltCell } from '../../workflows/contracts.ts'
import { host, lab, openBench, type Bench } from './environment.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())

const base: CellOutline = { number: 1, builds: ['base'], count: 2, infra: 2, turns: 1 }
const series: CellOutline = { number: 3, builds: ['series'], count: 2, infra: 2, turns: 1 }
const alone: CellOutline = { number: 2, builds: ['base'], count: 1, infra: 2 }

interface Seen {
  /** `cell.attempt` in the order in which they were booted. */
  booted: string[]
  judged: number[]
  leased: LeaseTask[]
  unbuilt: UnbuiltCell[]
  broken: BrokenCell[]
}

/** Runs some cells; what a test does not give goes well. */
async function run(
  cells: CellOutline[],
  { failed = [], ...over }: Partial<Activities> & { failed?: string[] } = {},
): Promise<Seen> {
  const seen: Seen = { booted: [], judged: [], leased: [], unbuilt: [], broken: [] }
  const { bootAttempt = async () => ({ ending: 'finished' as Ending }), ...others } = over
  const builds = ['base', 'series'].map((id) => ({
    task: { kind: 'kernel' as const, id, name: id, run: 7, lab },
    built: false,
  }))
  const steps: Partial<Activities> = {
    outlineRun: async () => ({ plan: 'p', builds, cells }),
    awaitBuild: async ({ id }) => ({ id, ok: !failed.includes(id), infra: false, message: 'it does not compile' }),
    bootAttempt: async (which) => {
      seen.booted.push(`${which.cell}.${which.attempt}`)
      return await bootAttempt(which)
    },
    leasePlace: async (task) => {
      seen.leased.push(task)
      return { place: task.on ?? `rack/board-${seen.leased.length}`, fence: 1 }
    },
    flashPlace: async () => ({ files: [], remarks: [] }),
    powerOffPlace: async () => undefined,
    releasePlace: async () => undefined,
    judgeCell: async ({ cell }) => {
      seen.judged.push(cell)
      return 'pass'
    },
    closeLostAttempt: async () => ({ ending: 'infra' }),
    closeOpenAttempts: async () => undefined,
    closeUnbuiltCell: async (cell) => void seen.unbuilt.push(cell),
    closeBrokenCell: async (cell) => void seen.broken.push(cell),
    finishRun: async () => ({ verdicts: {}, failedBuilds: 0 }),
    ...others,
  }
  await bench.withSteps(steps, async () => {
    await bench.client.workflow.execute('runPlan', {
      workflowId: randomUUID(),
      taskQueue: queues.main(lab),
      args: [{ run: 7, lab, host, atOnce: 2, until: 'verdicts' }],
    })
  })
  return seen
}

describe('cells that take turns', () => {
  it('are booted one after the other, base and series by turns, beside the others', async () => {
    const { booted, judged } = await run([base, series, alone])
    expect(booted.filter((attempt) => attempt !== '2.1')).toEqual(['1.1', '3.1', '1.2', '3.2'])
    expect(booted).toHaveLength(5)
    expect(judged.toSorted((a, b) => a - b)).toEqual([1, 2, 3])
  })

  it('stay in step when the lab breaks one: it is made again before the other has its turn', async () => {
    const { booted } = await run([base, series], {
      bootAttempt: async ({ cell, attempt }) => ({ ending: cell === 1 && attempt < 3 ? 'infra' : 'finished' }),
    })
    expect(booted).toEqual(['1.1', '1.2', '1.3', '3.1', '1.4', '3.2'])
  })

  it('leave out one that was not built, and the other is booted as often as ever', async () => {
    const { booted, unbuilt } = await run([base, series], { failed: ['series'] })
    expect(booted).toEqual(['1.1', '1.2'])
    expect(unbuilt).toEqual([{ run: 7, cell: 3, infra: false, message: 'it does not compile' }])
  })

  it('go on without one whose story breaks', async () => {
    const { booted, broken } = await run([base, series], {
      judgeCell: async ({ cell }) => {
        if (cell === 1) throw ApplicationFailure.nonRetryable('There is no cell 7.1.', 'BadInput')
        return 'pass'
      },
    })
    expect(booted).toEqual(['1.1', '3.1', '1.2', '3.2'])
    expect(broken).toEqual([{ run: 7, cell: 1, reason: 'There is no cell 7.1.' }])
  })

  it('share a place of a lab, until an attempt on it was the lab\u2019s fault', async () => {
    const { leased } = await run(
      [base, series].map((cell) => ({ ...cell, leased: true as const })),
      { bootAttempt: async ({ cell, attempt }) => ({ ending: cell === 3 && attempt === 1 ? 'infra' : 'finished' }) },
    )
    expect(leased.map(({ cell, attempt, on }) => [`${cell}.${attempt}`, on])).toEqual([
      ['1.1', undefined],
      ['3.1', 'rack/board-1'],
      ['3.2', undefined],
      ['1.2', 'rack/board-3'],
      ['3.3', 'rack/board-3'],
    ])
  })

  it('do not wait for a board that is kept because one of them failed on it', async () => {
    const { leased } = await run(
      [base, series].map((cell) => ({ ...cell, leased: true as const, hold: true as const })),
      { judgeCell: async () => 'fail', handOverPlace: async () => undefined, keepPlace: async () => false },
    )
    expect(leased.map(({ cell, attempt, on }) => [`${cell}.${attempt}`, on])).toEqual([
      ['1.1', undefined],
      ['3.1', 'rack/board-1'],
      ['1.2', 'rack/board-1'],
      ['3.2', undefined],
    ])
  })
})
