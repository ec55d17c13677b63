/** Runs that wait for builds: they keep nobody from a slot, and a run that is cancelled drops its builds. */
import { randomUUID } from 'node:crypto'
import { Context } from '@temporalio/activity'
import { Client } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Deps } from '../../activities/deps.ts'
import type { RunEnd } from '../../workflows/contracts.ts'
import { createActivities } from '../../activities/registry.ts'
import { queues } from '../../domain/naming.ts'
import type { BuildRef, BuildTask, RunTask } from '../../workflows/contracts.ts'
import { host, lab, openBench, type Bench } from '../workflows/environment.ts'

let bench: Bench
let client: Client
beforeAll(async () => {
  bench = await openBench()
  // Not the bench's own, which lets time skip while one waits.
  client = new Client({ connection: bench.environment.connection })
}, 120_000)
afterAll(() => bench?.close())

const slots = 2
const ids = ['a', 'b', 'c', 'd', 'e', 'f']

/** A run of builds that take until they are let go, with the real step that waits for them, and what it came to. */
function world() {
  const [begun, dropped, ended] = [new Set<string>(), new Set<string>(), [] as RunEnd[]]
  const go = Promise.withResolvers<void>()
  const prefix = randomUUID()
  const activities = createActivities({ client } as unknown as Deps)
  const builds = ids.map((id) => {
    const task: BuildTask = {
      kind: 'firmware',
      id: `${prefix}-${id}`,
      name: id,
      run: 7,
      lab,
      recipe: '/recipe',
      lockFile: '/lock',
    }
    return { task, built: false }
  })
  const steps = {
    awaitBuild: (build: BuildTask | BuildRef) => activities.awaitBuild(build),
    outlineRun: async () => ({ plan: 'p', builds, cells: [] }),
    async build({ id, name }: BuildTask) {
      begun.add(name)
      const context = Context.current()
      const beats = setInterval(() => context.heartbeat(), 200)
      try {
        await Promise.race([go.promise, context.cancelled])
      } catch (error) {
        dropped.add(name)
        throw error
      } finally {
        clearInterval(beats)
      }
      return { id, ok: true, infra: false, message: '' }
    },
    async finishRun(end: RunEnd) {
      ended.push(end)
      return { verdicts: {}, failedBuilds: 0 }
    },
  }
  const start = () => {
    const args: [RunTask] = [{ run: 7, lab, host, atOnce: 1, until: 'builds' }]
    return client.workflow.start('runPlan', { workflowId: randomUUID(), taskQueue: queues.main(lab), args })
  }
  return { steps, start, begun, dropped, ended, go: () => go.resolve() }
}

it('lets all builds begin, however few steps may run at once, and ends with each of them', async () => {
  const { steps, start, begun, ended, go } = world()
  await bench.withSteps(
    steps,
    async () => {
      const handle = await start()
      await expect.poll(() => [...begun].toSorted(), { timeout: 60_000 }).toEqual(ids)
      go()
      await handle.result()
    },
    { slots },
  )
  expect(ended).toEqual([{ run: 7, state: 'finished', reason: '' }])
}, 120_000)

it('drops the builds of a run that is cancelled, and has it end when they have', async () => {
  const { steps, start, begun, dropped, ended } = world()
  await bench.withSteps(
    steps,
    async () => {
      const handle = await start()
      await expect.poll(() => begun.size, { timeout: 60_000 }).toBe(ids.length)
      await handle.cancel()
      await expect(handle.result()).rejects.toThrow()
      expect([...dropped].toSorted()).toEqual(ids)
    },
    { slots },
  )
  expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['cancelled']))
}, 120_000)

it('drops the builds of a run whose story is over, for then nobody needs them', async () => {
  const { steps, start, begun, dropped } = world()
  await bench.withSteps(steps, async () => {
    const handle = await start()
    await expect.poll(() => begun.size, { timeout: 60_000 }).toBe(ids.length)
    await handle.terminate('by hand')
    await expect.poll(() => [...dropped].toSorted(), { timeout: 60_000 }).toEqual(ids)
  })
}, 120_000)
