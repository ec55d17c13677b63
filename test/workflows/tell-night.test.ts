import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/registry.ts'
import { queues, workflowIds } from '../../domain/naming.ts'
import type { NightTelling } from '../../workflows/night-contracts.ts'
import { host, lab, nightTask, openBench, type Bench } from './environment.ts'

let bench: Bench
// When a child ends whose parent has ended before, the time-skipping server (1.40) skips no time any longer: one for each test.
beforeEach(async () => {
  bench = await openBench()
}, 120_000)
afterEach(() => bench?.close())

/** A night without cells, of which these messages are to be sent. */
function steps(messages: string[], over: Partial<Activities> = {}) {
  const seen = { planned: [] as NightTelling[], sent: [] as string[], givenUp: [] as { id: string; reason: string }[] }
  const all: Partial<Activities> = {
    beginNight: async () => ({ run: 7, lab, host, atOnce: 1, until: 'verdicts' }),
    outlineRun: async () => ({ plan: 'p', builds: [], cells: [] }),
    finishRun: async () => ({ verdicts: {}, failedBuilds: 0 }),
    planTelling: async (told) => {
      seen.planned.push(told)
      return messages
    },
    deliver: async ({ id }) => void seen.sent.push(id),
    giveUpDelivery: async (given) => void seen.givenUp.push(given),
    ...over,
  }
  return { seen, all }
}

/** Runs a night, and then its telling to the end. */
async function night(all: Partial<Activities>): Promise<string> {
  const workflowId = `night-${randomUUID()}`
  await bench.withSteps(all, async () => {
    const { workflow } = bench.client
    const handle = await workflow.start('night', { workflowId, taskQueue: queues.main(lab), args: [nightTask] })
    await handle.result().catch(() => undefined)
    await workflow.getHandle(workflowIds.telling(workflowId)).result()
  })
  return workflowId
}

describe('a night', () => {
  it('has people told of it, each message on its own', async () => {
    const { seen, all } = steps(['a', 'b'])
    const workflowId = await night(all)
    expect(seen.planned).toEqual([{ schedule: 'nightly', night: workflowId }])
    expect(seen.sent.toSorted()).toEqual(['a', 'b'])
    expect(seen.givenUp).toEqual([])
  })

  it('that could not begin is told, too', async () => {
    const { seen, all } = steps(['a'], {
      beginNight: async () => {
        throw ApplicationFailure.nonRetryable('plan.yaml:1:1: it is empty', 'PlanInvalid')
      },
    })
    await night(all)
    expect(seen.sent).toEqual(['a'])
  })

  it('has ended, with its result, while a message is tried again for hours', async () => {
    let tries = 0
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const { seen, all } = steps(['a'], {
      deliver: async ({ id }) => {
        // The night is over before the first try has come to anything.
        if (tries++ === 0) await ended
        if (tries < 12) throw ApplicationFailure.create({ message: 'nobody answers', type: 'NotDelivered' })
        seen.sent.push(id)
      },
    })
    const workflowId = `night-${randomUUID()}`
    await bench.withSteps(all, async () => {
      const { workflow } = bench.client
      const handle = await workflow.start('night', { workflowId, taskQueue: queues.main(lab), args: [nightTask] })
      expect(await handle.result()).toEqual({ verdicts: {}, failedBuilds: 0 })
      end()
      await workflow.getHandle(workflowIds.telling(workflowId)).result()
    })
    expect(seen).toMatchObject({ sent: ['a'], givenUp: [] })
    expect(tries).toBe(12)
  })

  it('gives up what will never be taken at once, with what was said, and not the rest', async () => {
    let tries = 0
    const { seen, all } = steps(['a', 'b'], {
      deliver: async ({ id }) => {
        if (id === 'b') return void seen.sent.push(id)
        tries++
        throw ApplicationFailure.nonRetryable('550 no such mailbox', 'NotDelivered')
      },
    })
    await night(all)
    expect(seen).toMatchObject({ sent: ['b'], givenUp: [{ id: 'a', reason: '550 no such mailbox' }] })
    expect(tries).toBe(1)
  })

  it('gives up what nobody takes before the next night comes', async () => {
    const { seen, all } = steps(['a'], {
      deliver: async () => {
        throw ApplicationFailure.create({ message: 'nobody answers', type: 'NotDelivered' })
      },
    })
    await night(all)
    expect(seen.givenUp).toEqual([{ id: 'a', reason: expect.stringMatching(/nobody answers|time limit/) }])
  })

  it('that somebody cancels tells nobody', async () => {
    const begun = Promise.withResolvers<void>()
    const { seen, all } = steps(['a'], {
      outlineRun: async () => {
        begun.resolve()
        throw ApplicationFailure.create({ message: 'again' })
      },
    })
    const workflowId = `night-${randomUUID()}`
    await bench.withSteps(all, async () => {
      const { workflow } = bench.client
      const handle = await workflow.start('night', { workflowId, taskQueue: queues.main(lab), args: [nightTask] })
      await begun.promise
      await handle.cancel()
      await expect(handle.result()).rejects.toThrow()
    })
    expect(seen.planned).toEqual([])
    await expect(bench.client.workflow.getHandle(workflowIds.telling(workflowId)).describe()).rejects.toThrow(
      /not found/i,
    )
  })
})
