import { randomUUID } from 'node:crypto'
import { CancelledFailure, Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ending } from '../../domain/attempt.ts'
import { queues } from '../../domain/naming.ts'
import type { AttemptTask, CellTask, LostAttempt } from '../../workflows/contracts.ts'
import { host, lab, openBench, type Bench } from './environment.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())

const task: CellTask = { run: 1, number: 2, lab, host, builds: [], count: 1, infra: 2 }

interface Made {
  attempts: number[]
  rebuilt: number
  lost: LostAttempt[]
  verdict: string
}

/** Runs the cell's story with attempts that come out as given; an Error is thrown by the step. */
async function runWith(
  outcomes: (Ending | Error)[],
  over: Partial<CellTask> = {},
  builds = true,
  settledAfter = Infinity,
): Promise<Made> {
  const made: Made = { attempts: [], rebuilt: 0, lost: [], verdict: '' }
  await bench.withSteps(
    {
      async bootAttempt({ attempt }: AttemptTask) {
        made.attempts.push(attempt)
        const outcome = outcomes[attempt - 1]
        if (outcome === undefined) throw ApplicationFailure.nonRetryable(`attempt ${attempt} was not expected`)
        if (outcome instanceof Error) throw outcome
        return { ending: outcome }
      },
      async closeLostAttempt(lost) {
        made.lost.push(lost)
        return { ending: 'infra' }
      },
      async rebuild() {
        made.rebuilt++
        return [{ id: 'kernel', ok: builds, infra: false, message: '' }]
      },
      isCellSettled: async () => made.attempts.length >= settledAfter,
      judgeCell: async () => 'pass' as const,
    },
    async () => {
      const result = (await bench.client.workflow.execute('runCell', {
        workflowId: randomUUID(),
        taskQueue: queues.main(lab),
        args: [{ ...task, ...over }],
      })) as { verdict: string }
      made.verdict = result.verdict
    },
  )
  return made
}

describe('runCell', () => {
  it('makes one attempt when one counts, whatever the kernel did', async () => {
    for (const ending of ['finished', 'kernel-fault', 'firmware-fault', 'hung'] as const)
      expect((await runWith([ending])).attempts).toEqual([1])
  })

  it('makes another attempt after infra and after taint, and keeps the numbers', async () => {
    expect((await runWith(['infra', 'tainted', 'finished'])).attempts).toEqual([1, 2, 3])
  })

  it('makes attempts until one is confident, and as many as count at most', async () => {
    const all = Array.from({ length: 5 }, () => 'finished' as const)
    const until = { count: 5, until: 'confident' as const }
    expect((await runWith(all, until, true, 3)).attempts).toEqual([1, 2, 3])
    expect((await runWith(all, until)).attempts).toEqual([1, 2, 3, 4, 5])
  })

  it('makes more attempts of a cell that comes out otherwise than its last night, until it is the same or confirmed', async () => {
    const all = Array.from({ length: 5 }, () => 'finished' as const)
    expect((await runWith(all, { confirm: 3 }, true, 1)).attempts).toEqual([1])
    expect((await runWith(all, { confirm: 3 })).attempts).toEqual([1, 2, 3])
    expect((await runWith(all, { count: 2, confirm: 3 }, true, 1)).attempts).toEqual([1, 2])
    expect((await runWith(all, { count: 3, confirm: 2 })).attempts).toEqual([1, 2, 3])
  })

  it('makes as many attempts as count', async () => {
    expect((await runWith(['finished', 'infra', 'finished', 'finished'], { count: 3 })).attempts).toEqual([1, 2, 3, 4])
  })

  it('stops when infrastructure broke more often than the plan allows', async () => {
    const made = await runWith(['infra', 'infra', 'infra', 'finished'], { infra: 2 })
    expect(made.attempts).toEqual([1, 2, 3])
    expect(made.verdict).toBe('pass')
  })

  it('closes an attempt whose step broke, with the reason, and goes on with the next number', async () => {
    const made = await runWith([ApplicationFailure.retryable('QEMU died', 'TargetBroken'), 'finished'])
    expect(made.attempts).toEqual([1, 2])
    expect(made.lost).toEqual([{ run: 1, cell: 2, attempt: 1, reason: 'QEMU died' }])
  })

  it('tells what the step said, not what lay below it', async () => {
    const below = { cause: new Error('This operation was aborted') }
    const made = await runWith([
      ApplicationFailure.create({ message: 'QEMU ended before the target was powered on: no', ...below }),
      ApplicationFailure.create({
        message: 'Worker is shutting down and this activity did not complete in time',
        type: 'WorkerShutdown',
        nonRetryable: true,
      }),
      'finished',
    ])
    expect(made.attempts).toEqual([1, 2, 3])
    expect(made.lost.map(({ reason }) => reason)).toEqual([
      'QEMU ended before the target was powered on: no',
      'The worker was shut down before the step had ended.',
    ])
  })

  it('has builds made again whose files are damaged, at no cost of attempts, and gives up when that does not help', async () => {
    const damaged = ApplicationFailure.retryable('The Image has gone: it is built again.', 'ArtifactDamaged')
    const none = { infra: 0 }
    expect(await runWith([damaged, 'finished'], none)).toMatchObject({ attempts: [1, 2], rebuilt: 1 })
    expect(await runWith([damaged, 'finished'], none, false)).toMatchObject({ attempts: [1], rebuilt: 1 })
    const forEver = Array.from({ length: 9 }, () => damaged)
    expect(await runWith(forEver, none)).toMatchObject({ attempts: [1, 2, 3, 4], rebuilt: 3 })
  })

  it('makes no other attempt when nothing would be different', async () => {
    const made = await runWith([ApplicationFailure.nonRetryable('no such module', 'BadInput'), 'finished'])
    expect(made.attempts).toEqual([1])
    expect(made.lost).toHaveLength(1)
  })

  it('closes an attempt whose worker fell silent', async () => {
    const lost: LostAttempt[] = []
    let silent = true
    await bench.withSteps(
      {
        async bootAttempt() {
          if (!silent) return { ending: 'finished' as const }
          silent = false
          // No heartbeat ever: to the server this worker is dead.
          await Context.current().cancelled
          throw new Error('unreachable')
        },
        async closeLostAttempt(one) {
          lost.push(one)
          return { ending: 'infra' }
        },
        judgeCell: async () => 'pass' as const,
      },
      () =>
        bench.client.workflow.execute('runCell', {
          workflowId: randomUUID(),
          taskQueue: queues.main(lab),
          args: [task],
        }),
    )
    expect(lost).toHaveLength(1)
    expect(lost[0]?.reason).toMatch(/^The worker that ran the step fell silent/)
  }, 60_000)

  it('closes the attempt when it is cancelled, and makes no other', async () => {
    const lost: LostAttempt[] = []
    const began = Promise.withResolvers<void>()
    await bench.withSteps(
      {
        async bootAttempt() {
          began.resolve()
          const context = Context.current()
          const timer = setInterval(() => context.heartbeat(), 200)
          try {
            return await (context.cancelled as Promise<never>)
          } catch {
            throw new CancelledFailure('the attempt was cancelled')
          } finally {
            clearInterval(timer)
          }
        },
        async closeLostAttempt(one) {
          lost.push(one)
          return { ending: 'cancelled' }
        },
      },
      async () => {
        const handle = await bench.client.workflow.start('runCell', {
          workflowId: randomUUID(),
          taskQueue: queues.main(lab),
          args: [task],
        })
        await began.promise
        await handle.cancel()
        await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
      },
    )
    expect(lost).toEqual([{ run: 1, cell: 2, attempt: 1, reason: 'cancelled' }])
  }, 60_000)
})
