import { randomUUID } from 'node:crypto'
import { Context } from '@temporalio/activity'
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { queues } from '../../domain/naming.ts'
import type { LostAttempt, RunEnd, RunTask, SkippedCell } from '../../workflows/contracts.ts'
import type { NightStart } from '../../workflows/night-contracts.ts'
import { host, lab, nightTask, openBench, type Bench } from './environment.ts'

let bench: Bench
/** temporal.api.enums.v1.IndexedValueType: DATETIME. */
const datetime = 6

// When a child ends whose parent has ended before, the time-skipping server (1.40) skips no time any longer: one for each test.
beforeEach(async () => {
  bench = await openBench()
  // Servers that know schedules have it; the time-skipping one knows none.
  await bench.environment.connection.operatorService.addSearchAttributes({
    namespace: bench.environment.namespace ?? 'default',
    searchAttributes: { TemporalScheduledStartTime: datetime },
  })
}, 120_000)
afterEach(() => bench?.close())

const steps = (seen: { ended: RunEnd[]; lost: LostAttempt[]; begun: NightStart[] }) => ({
  async beginNight(start: NightStart): Promise<RunTask> {
    seen.begun.push(start)
    return { run: 7, lab, host, atOnce: 1, until: 'verdicts' }
  },
  outlineRun: async () => ({
    plan: 'p',
    builds: [],
    cells: [1, 2, 3].map((number) => ({ number, builds: [], count: 1, infra: 1 })),
  }),
  async bootAttempt({ cell }: { cell: number }) {
    // The second boot takes until somebody ends it.
    if (cell === 2) {
      const beats = setInterval(() => Context.current().heartbeat(), 200)
      await Context.current().cancelled.finally(() => clearInterval(beats))
    }
    return { ending: 'finished' as const }
  },
  async closeLostAttempt(lost: LostAttempt) {
    seen.lost.push(lost)
    return { ending: 'cancelled' as const }
  },
  judgeCell: async () => 'pass' as const,
  async finishRun(end: RunEnd) {
    seen.ended.push(end)
    return { verdicts: {}, failedBuilds: 0 }
  },
  planTelling: async () => [],
})

const fresh = () => ({ ended: [] as RunEnd[], lost: [] as LostAttempt[], begun: [] as NightStart[] })
const start = (workflowId: string, due?: Date) =>
  bench.client.workflow.start('night', {
    workflowId,
    taskQueue: queues.main(lab),
    args: [nightTask],
    // As the server sets it for what a schedule starts.
    ...(due && {
      typedSearchAttributes: [{ key: defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME'), value: due }],
    }),
  })

describe('a night', () => {
  it('runs what its plan is then, under the hour that it was planned for', async () => {
    const seen = fresh()
    const id = randomUUID()
    const due = new Date('2026-11-30T01:30:00Z')
    const all = { ...steps(seen), bootAttempt: async () => ({ ending: 'finished' as const }) }
    await bench.withSteps(all, async () => (await start(id, due)).result())
    expect(seen.begun).toEqual([{ night: nightTask, workflowId: id, due: due.getTime() }])
    expect(seen.ended).toEqual([{ run: 7, state: 'finished', reason: '' }])
  })

  it('ends when its window closes: what boots is put away, what has not begun is not run, and both are said', async () => {
    const seen = fresh()
    const all = {
      ...steps(seen),
      // From the night's own begin: on a busy host workers take seconds to start.
      async beginNight(): Promise<RunTask> {
        const closes = (await bench.environment.currentTimeMs()) + 5_000
        return { run: 7, lab, host, atOnce: 1, until: 'verdicts', closes }
      },
    }
    await bench.withSteps(all, async () => (await start(randomUUID())).result())
    expect(seen.lost.map(({ cell }) => cell)).toEqual([2])
    expect(seen.ended).toEqual([{ run: 7, state: 'finished', reason: 'the window closed' }])
  })

  /**
   * A night of three cells in this order, each of 10 s; the cells that boot, in their order, and those that are
   * skipped.
   */
  async function nightOf(order: number[], budget: Record<string, number>, took = 10) {
    const seen = fresh()
    const booted: number[] = []
    const skipped: SkippedCell[] = []
    const all = {
      ...steps(seen),
      outlineRun: async () => ({
        plan: 'p',
        builds: [],
        cells: order.map((number) => ({ number, builds: [], count: 1, infra: 1, class: 'qemu', seconds: 10 })),
        night: { budget },
      }),
      async bootAttempt({ cell }: { cell: number }) {
        booted.push(cell)
        return { ending: 'finished' as const }
      },
      bootedSeconds: async () => took,
      skipCell: async (cell: SkippedCell) => void skipped.push(cell),
    }
    await bench.withSteps(all, async () => (await start(randomUUID())).result())
    expect(seen.ended).toEqual([{ run: 7, state: 'finished', reason: '' }])
    return { booted, skipped }
  }

  it('boots its cells in the order of its outline', async () => {
    expect(await nightOf([3, 1, 2], {})).toEqual({ booted: [3, 1, 2], skipped: [] })
  })

  it('runs no more of a class than its budget holds, by what boots really took, and says what it did not run', async () => {
    const { booted, skipped } = await nightOf([3, 1, 2], { qemu: 25 })
    expect(booted).toEqual([3, 1])
    const sentence = 'too little was left of the budget of qemu, 25 s'
    expect(skipped).toEqual([{ run: 7, cell: 2, notRun: { why: 'budget', sentence } }])
    expect((await nightOf([3, 1, 2], { qemu: 25 }, 5)).booted).toEqual([3, 1, 2])
    expect((await nightOf([3, 1, 2], { qemu: 0 })).skipped.map(({ cell }) => cell)).toEqual([3, 1, 2])
  })

  it('whose plan is wrong fails with the sentence of it, and nothing is run', async () => {
    const seen = fresh()
    const all = {
      ...steps(seen),
      async beginNight(): Promise<RunTask> {
        throw ApplicationFailure.nonRetryable('plan.yaml:3:1: there is no kernel', 'PlanInvalid')
      },
    }
    await bench.withSteps(all, async () => {
      const handle = await start(randomUUID())
      await expect(handle.result()).rejects.toMatchObject({ cause: { cause: { message: /no kernel/ } } })
    })
    expect(seen.ended).toEqual([])
  })
})
