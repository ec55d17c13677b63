/** A run of more cells than one story tells: the next story goes on with it, under the same id. */
import { randomUUID } from 'node:crypto'
import { Context } from '@temporalio/activity'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { queues } from '../../domain/naming.ts'
import type {
  BuildRef,
  BuildResult,
  BuildTask,
  OutlineTask,
  RunEnd,
  RunOutline,
  RunTask,
  SkippedCell,
  UnbuiltCell,
} from '../../workflows/contracts.ts'
import { host, lab, nightTask, openBench, type Bench } from './environment.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
}, 120_000)
afterEach(() => bench?.close())

const task: RunTask = { run: 7, lab, host, atOnce: 2, until: 'verdicts' }
/** Cells of each story here. */
const each = 2

const ref = (id: string): BuildRef => ({ id, name: id, kind: 'kernel', run: 7, lab })

interface Seen {
  asked: (number | undefined)[]
  built: string[]
  booted: number[]
  unbuilt: UnbuiltCell[]
  skipped: SkippedCell[]
  ended: RunEnd[]
  told: number
}
const fresh = (): Seen => ({ asked: [], built: [], booted: [], unbuilt: [], skipped: [], ended: [], told: 0 })

/** Steps of a run of so many cells, of which each but the second needs the build `good`, and that one and the last `broken`. */
function steps(seen: Seen, cells: number, night?: RunOutline['night']) {
  const numbers = Array.from({ length: cells }, (_, index) => index + 1)
  return {
    async outlineRun({ done }: OutlineTask): Promise<RunOutline> {
      seen.asked.push(done)
      const begun = done ?? 0
      const part = numbers.slice(begun, begun + each)
      const more = Math.max(0, cells - begun - each)
      const outlined = part.map((number) => ({
        number,
        builds: night ? [] : [number === 2 || number === cells ? 'broken' : 'good'],
        count: 1,
        infra: 1,
        ...(night && { class: 'qemu', seconds: 10 }),
      }))
      const builds = night ? [] : [...new Set(outlined.flatMap((cell) => cell.builds))]
      return {
        plan: 'p',
        builds: builds.map((id) => ({ task: ref(id), built: id === 'good' && begun > 0 })),
        cells: outlined,
        ...(night && { night }),
        ...(more > 0 && { more }),
      }
    },
    async awaitBuild({ id }: BuildTask | BuildRef): Promise<BuildResult> {
      seen.built.push(id)
      return { id, ok: id !== 'broken', infra: false, message: id === 'broken' ? 'it does not compile' : '' }
    },
    async bootAttempt({ cell }: { cell: number }) {
      seen.booted.push(cell)
      return { ending: 'finished' as const }
    },
    closeUnbuiltCell: async (cell: UnbuiltCell) => void seen.unbuilt.push(cell),
    skipCell: async (cell: SkippedCell) => void seen.skipped.push(cell),
    bootedSeconds: async () => 10,
    closeLostAttempt: async () => ({ ending: 'cancelled' as const }),
    judgeCell: async () => 'pass' as const,
    async finishRun(end: RunEnd) {
      seen.ended.push(end)
      return { verdicts: {}, failedBuilds: 0 }
    },
    planTelling: async () => {
      seen.told++
      return []
    },
  }
}

const start = (over: Partial<RunTask> = {}) =>
  bench.client.workflow.start('runPlan', {
    workflowId: randomUUID(),
    taskQueue: queues.main(lab),
    args: [{ ...task, ...over }],
  })

describe('a run of three stories', () => {
  it('works on each cell once, ends once, and makes no build again that failed in a story before', async () => {
    const seen = fresh()
    await bench.withSteps(steps(seen, 5), async () => {
      const handle = await start()
      // Whoever waits for the run waits for all of its stories.
      expect(await handle.result()).toEqual({ verdicts: {}, failedBuilds: 0 })
    })
    expect(seen.asked).toEqual([undefined, 2, 4])
    expect(new Set(seen.booted)).toEqual(new Set([1, 3, 4]))
    expect(seen.booted).toHaveLength(3)
    expect(seen.unbuilt.map(({ cell, message }) => `${cell}: ${message}`)).toEqual([
      '2: it does not compile',
      '5: it does not compile',
    ])
    expect(seen.built.toSorted()).toEqual(['broken', 'good'])
    expect(seen.ended).toEqual([{ run: 7, state: 'finished', reason: '' }])
  })

  it('makes the builds of all of them when only builds are asked for', async () => {
    const seen = fresh()
    await bench.withSteps(steps(seen, 5), async () => await (await start({ until: 'builds' })).result())
    expect([seen.asked.length, seen.booted, seen.ended.length]).toEqual([3, [], 1])
  })

  it('is cancelled in the second by who knows only its id', async () => {
    const seen = fresh()
    const booting = Promise.withResolvers<void>()
    const all = {
      ...steps(seen, 6),
      async bootAttempt({ cell }: { cell: number }) {
        seen.booted.push(cell)
        if (cell !== 3) return { ending: 'finished' as const }
        const beats = setInterval(() => Context.current().heartbeat(), 200)
        booting.resolve()
        return await (Context.current().cancelled as Promise<never>).finally(() => clearInterval(beats))
      },
    }
    await bench.withSteps(all, async () => {
      const { workflowId } = await start()
      await booting.promise
      const handle = bench.client.workflow.getHandle(workflowId)
      await handle.cancel()
      await expect(handle.result()).rejects.toThrow()
    })
    expect(seen.asked).toEqual([undefined, 2])
    expect(new Set(seen.ended.map((end) => JSON.stringify(end)))).toEqual(
      new Set([JSON.stringify({ run: 7, state: 'cancelled', reason: 'cancelled' })]),
    )
  }, 60_000)
})

describe('a night of several stories', () => {
  async function nightOf(seen: Seen, all: ReturnType<typeof steps>, over: Partial<RunTask> = {}): Promise<void> {
    let begun = 0
    const beginNight = async (): Promise<RunTask> => {
      begun++
      return { ...task, ...over }
    }
    const handle = () =>
      bench.client.workflow.start('night', {
        workflowId: randomUUID(),
        taskQueue: queues.main(lab),
        args: [nightTask],
      })
    await bench.withSteps({ ...all, beginNight }, async () => {
      await (await handle()).result()
      await expect.poll(() => seen.told, { timeout: 30_000 }).toBeGreaterThan(0)
    })
    expect([begun, seen.ended.length, seen.told]).toEqual([1, 1, 1])
  }

  it('begins once and is told once; its budget is one for all of them', async () => {
    const seen = fresh()
    await nightOf(seen, steps(seen, 6, { budget: { qemu: 35 } }))
    expect(new Set(seen.booted)).toEqual(new Set([1, 2, 3]))
    expect(new Set(seen.skipped.map(({ cell }) => cell))).toEqual(new Set([4, 5, 6]))
  })

  it('ends when its window closes, in whichever story that is', async () => {
    const seen = fresh()
    const closes = (await bench.environment.currentTimeMs()) + 10_000
    const all = {
      ...steps(seen, 6, { budget: {} }),
      async bootAttempt({ cell }: { cell: number }) {
        seen.booted.push(cell)
        if (cell !== 4) return { ending: 'finished' as const }
        const beats = setInterval(() => Context.current().heartbeat(), 200)
        return await (Context.current().cancelled as Promise<never>).finally(() => clearInterval(beats))
      },
    }
    await nightOf(seen, all, { atOnce: 1, closes })
    expect(seen.asked).toEqual([undefined, 2])
    expect(seen.ended).toEqual([{ run: 7, state: 'finished', reason: 'the window closed' }])
  }, 60_000)
})
