import { randomUUID } from 'node:crypto'
import { Context } from '@temporalio/activity'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queues } from '../../domain/naming.ts'
import { ApplicationFailure } from '@temporalio/common'
import type {
  BrokenCell,
  BuildResult,
  BuildTask,
  OpenAttempts,
  RunEnd,
  RunOutline,
  RunTask,
  UnbuiltCell,
} from '../../workflows/contracts.ts'
import { host, lab, openBench, type Bench } from './environment.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())

const task: RunTask = { run: 7, lab, host, atOnce: 2, until: 'verdicts' }

function firmware(id: string): BuildTask {
  return { kind: 'firmware', id, name: id, run: 7, lab, recipe: '/recipe.yaml', lockFile: '/lock' }
}

const outline: RunOutline = {
  plan: 'p',
  builds: [
    { task: firmware('shared'), built: false },
    { task: firmware('there'), built: true },
    { task: firmware('broken'), built: false },
  ],
  cells: [
    { number: 1, builds: ['shared', 'there'], count: 1, infra: 1 },
    { number: 2, builds: ['shared', 'broken'], count: 1, infra: 1 },
    { number: 3, builds: ['shared'], count: 1, infra: 1 },
    { number: 4, builds: ['there'], count: 1, infra: 1 },
  ],
}

interface Seen {
  built: string[]
  booted: number[]
  most: number
  unbuilt: UnbuiltCell[]
  open: OpenAttempts[]
  broken: BrokenCell[]
  ended: RunEnd[]
}

function steps(seen: Seen, awaitBuild?: (task: BuildTask) => Promise<BuildResult>) {
  let now = 0
  return {
    outlineRun: async () => outline,
    awaitBuild:
      awaitBuild ??
      (async ({ id }: BuildTask) => {
        seen.built.push(id)
        return { id, ok: id !== 'broken', infra: false, message: id === 'broken' ? 'it does not compile' : '' }
      }),
    async bootAttempt({ cell }: { cell: number }) {
      seen.most = Math.max(seen.most, ++now)
      seen.booted.push(cell)
      // Long enough for another cell's step to come in beside it, if the story let one.
      await Context.current().sleep(50)
      now--
      return { ending: 'finished' as const }
    },
    closeUnbuiltCell: async (cell: UnbuiltCell) => void seen.unbuilt.push(cell),
    closeOpenAttempts: async (open: OpenAttempts) => void seen.open.push(open),
    closeBrokenCell: async (cell: BrokenCell) => void seen.broken.push(cell),
    judgeCell: async () => 'pass' as const,
    async finishRun(end: RunEnd) {
      seen.ended.push(end)
      return { verdicts: {}, failedBuilds: 0 }
    },
  }
}

const fresh = (): Seen => ({ built: [], booted: [], most: 0, unbuilt: [], open: [], broken: [], ended: [] })
const start = (over: Partial<RunTask> = {}) =>
  bench.client.workflow.start('runPlan', {
    workflowId: randomUUID(),
    taskQueue: queues.main(lab),
    args: [{ ...task, ...over }],
  })

describe('runPlan', () => {
  it('makes each distinct build once, boots what can be booted, and closes what cannot', async () => {
    const seen = fresh()
    await bench.withSteps(steps(seen), async () => await (await start()).result())
    expect(seen.built.toSorted()).toEqual(['broken', 'shared'])
    expect(seen.booted.toSorted((a, b) => a - b)).toEqual([1, 3, 4])
    expect(seen.unbuilt).toEqual([{ run: 7, cell: 2, infra: false, message: 'it does not compile' }])
    expect(seen.ended).toEqual([{ run: 7, state: 'finished', reason: '' }])
  })

  it('closes a cell that breaks as the lab’s fault, and goes on with the others', async () => {
    const seen = fresh()
    const broken = {
      ...steps(seen),
      judgeCell: async ({ cell }: { cell: number }) => {
        if (cell === 3) throw ApplicationFailure.nonRetryable('There is no cell 7.3.', 'BadInput')
        return 'pass' as const
      },
    }
    await bench.withSteps(broken, async () => await (await start()).result())
    expect(seen.booted.toSorted((a, b) => a - b)).toEqual([1, 3, 4])
    const what = { run: 7, cell: 3, reason: 'There is no cell 7.3.' }
    expect(seen).toMatchObject({ open: [what], broken: [what], ended: [{ run: 7, state: 'finished' }] })
  })

  it('closes a cell whose build nobody could await', async () => {
    const seen = fresh()
    const refusing = (): Promise<BuildResult> =>
      Promise.reject(ApplicationFailure.nonRetryable('no source', 'BadInput'))
    await bench.withSteps(steps(seen, refusing), async () => await (await start()).result())
    expect(seen.booted).toEqual([4])
    expect(seen.broken.map(({ cell, reason }) => `${cell}: ${reason}`).toSorted()).toEqual([
      '1: no source',
      '2: no source',
      '3: no source',
    ])
  })

  it('keeps to the number of cells at once', async () => {
    const seen = fresh()
    await bench.withSteps(steps(seen), async () => await (await start({ atOnce: 1 })).result())
    expect(seen.most).toBe(1)
  })

  it('boots nothing when only builds are asked for', async () => {
    const seen = fresh()
    await bench.withSteps(steps(seen), async () => await (await start({ until: 'builds' })).result())
    expect(seen.booted).toEqual([])
    expect(seen.ended).toHaveLength(1)
  })

  it('closes the run when it is cancelled in the middle of a build', async () => {
    const seen = fresh()
    const began = Promise.withResolvers<void>()
    const waiting = async (): Promise<BuildResult> => {
      began.resolve()
      const context = Context.current()
      const timer = setInterval(() => context.heartbeat(), 200)
      try {
        return await (context.cancelled as Promise<never>)
      } finally {
        clearInterval(timer)
      }
    }
    await bench.withSteps(steps(seen, waiting), async () => {
      const handle = await start()
      await began.promise
      await handle.cancel()
      await expect(handle.result()).rejects.toThrow()
    })
    // A step within a workflow's task is done again when the task is.
    expect(new Set(seen.ended.map((end) => JSON.stringify(end)))).toEqual(
      new Set([JSON.stringify({ run: 7, state: 'cancelled', reason: 'cancelled' })]),
    )
  }, 60_000)
})
