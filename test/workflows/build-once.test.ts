import { randomUUID } from 'node:crypto'
import { Context } from '@temporalio/activity'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queues } from '../../domain/naming.ts'
import type { BuildResult, BuildTask } from '../../workflows/contracts.ts'
import { lab, openBench, type Bench } from './environment.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())

const task: BuildTask = { kind: 'firmware', id: 'abc', name: 'fw', run: 1, lab, recipe: '/r', lockFile: '/l' }

const join = (workflowId: string, by: number) =>
  bench.client.workflow.signalWithStart('buildOnce', {
    workflowId,
    taskQueue: queues.main(lab),
    args: [task],
    signal: 'needed',
    signalArgs: [{ by }],
  })

/** A build that goes on until it is cancelled or let go. */
function slowBuild() {
  const began = Promise.withResolvers<void>()
  const letGo = Promise.withResolvers<void>()
  let builds = 0
  const build = async (): Promise<BuildResult> => {
    builds++
    began.resolve()
    const context = Context.current()
    const timer = setInterval(() => context.heartbeat(), 200)
    try {
      await Promise.race([context.cancelled, letGo.promise])
      return { id: task.id, ok: true, infra: false, message: '' }
    } finally {
      clearInterval(timer)
    }
  }
  return { build, began: began.promise, letGo: letGo.resolve, builds: () => builds }
}

describe('buildOnce', () => {
  it('is one build for all who need it at once', async () => {
    const slow = slowBuild()
    await bench.withSteps({ build: slow.build }, async () => {
      const id = randomUUID()
      const first = await join(id, 1)
      await slow.began
      const second = await join(id, 2)
      slow.letGo()
      expect(await first.result()).toEqual(await second.result())
    })
    expect(slow.builds()).toBe(1)
  })

  it('goes on when one of two drops it', async () => {
    const slow = slowBuild()
    await bench.withSteps({ build: slow.build }, async () => {
      const id = randomUUID()
      const first = await join(id, 1)
      const second = await join(id, 2)
      await slow.began
      await first.signal('dropped', { by: 1 })
      slow.letGo()
      expect(await second.result()).toMatchObject({ ok: true })
    })
  })

  it('is cancelled when nobody needs it any longer', async () => {
    const slow = slowBuild()
    await bench.withSteps({ build: slow.build }, async () => {
      const id = randomUUID()
      const first = await join(id, 1)
      await join(id, 2)
      await slow.began
      await first.signal('dropped', { by: 1 })
      await first.signal('dropped', { by: 2 })
      expect(await first.result()).toMatchObject({ ok: false, message: 'cancelled' })
    })
  }, 60_000)
})
