import { randomUUID } from 'node:crypto'
import { CancelledFailure, Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/registry.ts'
import { queues } from '../../domain/naming.ts'
import type { CellTask, LostAttempt, Release } from '../../workflows/contracts.ts'
import { host, lab, openBench, type Bench } from './environment.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
}, 120_000)
afterAll(() => bench?.close())

const task: CellTask = { run: 1, number: 2, lab, host, builds: [], count: 1, infra: 2, leased: true }
const held = { place: 'rack/board-1', fence: 7 }
const flashed = { files: [], remarks: [] }

interface Told {
  steps: string[]
  lost: LostAttempt[]
  released: Release[]
}

/** Runs a cell on a place, with steps that do as they are told; what is not given goes well. */
async function runWith(
  over: Partial<Activities>,
  use?: (told: Told) => Promise<void>,
  cell: CellTask = task,
): Promise<Told> {
  const told: Told = { steps: [], lost: [], released: [] }
  const noted =
    <Input extends object, Output>(name: string, step: (input: Input) => Promise<Output>) =>
    async (input: Input): Promise<Output> => {
      told.steps.push(name)
      return await step(input)
    }
  const steps: Partial<Activities> = {
    leasePlace: async () => held,
    flashPlace: async () => flashed,
    bootAttempt: async () => ({ ending: 'finished' }),
    powerOffPlace: async () => undefined,
    releasePlace: async (release) => void told.released.push(release),
    closeLostAttempt: async (lost) => {
      told.lost.push(lost)
      return { ending: 'infra' }
    },
    judgeCell: async () => 'pass',
    ...over,
  }
  const entries = Object.entries(steps).map(([name, step]) => [name, noted(name, step as never)])
  await bench.withSteps(Object.fromEntries(entries) as Partial<Activities>, async () => {
    if (use) return await use(told)
    await bench.client.workflow.execute('runCell', start(cell))
  })
  return told
}

const start = (cell = task) => ({ workflowId: randomUUID(), taskQueue: queues.main(lab), args: [cell] as [CellTask] })
const broken = (sentence: string) => ApplicationFailure.nonRetryable(sentence, 'PlaceBroken')

describe('a cell on a place of a lab', () => {
  it('is a story of its own: lease, flash, boot, power off, release', async () => {
    const { steps, released } = await runWith({})
    // Nobody who waits for the verdict waits for the place to be put away.
    expect(steps.filter((name) => name !== 'judgeCell')).toEqual([
      'leasePlace',
      'flashPlace',
      'bootAttempt',
      'powerOffPlace',
      'releasePlace',
    ])
    expect(released).toEqual([{ run: 1, cell: 2, attempt: 1, held }])
  })

  it('gives each step the place with its fence, and the boot what was flashed', async () => {
    const given: object[] = []
    await runWith({
      flashPlace: async (input) => {
        given.push(input)
        return flashed
      },
      bootAttempt: async (input) => {
        given.push(input)
        return { ending: 'finished' }
      },
    })
    const which = { run: 1, cell: 2, attempt: 1, held }
    expect(given).toEqual([which, { ...which, flashed }])
  })

  it.each(['flashPlace', 'bootAttempt'] as const)(
    'powers off and releases when %s breaks, and tries again',
    async (step) => {
      let times = 0
      const { steps, lost } = await runWith({
        [step]: async () => {
          if (times++ === 0) throw broken('The TFTP server does not answer.')
          return step === 'flashPlace' ? flashed : { ending: 'finished' }
        },
      })
      expect(lost).toEqual([{ run: 1, cell: 2, attempt: 1, reason: 'The TFTP server does not answer.' }])
      const first = steps.slice(0, steps.indexOf('closeLostAttempt'))
      expect(first.slice(-3)).toEqual([step, 'powerOffPlace', 'releasePlace'])
      expect(steps.filter((name) => name === 'leasePlace')).toHaveLength(2)
    },
  )

  it('has its verdict while its place is still being put away, and does not end before that is done', async () => {
    const judged = Promise.withResolvers<void>()
    const { steps } = await runWith({
      powerOffPlace: () => judged.promise,
      judgeCell: async () => {
        judged.resolve()
        return 'pass'
      },
    })
    expect(steps.at(-1)).toBe('releasePlace')
  })

  it('makes the next attempt when the place of the one before has been put away', async () => {
    const { steps } = await runWith({}, undefined, { ...task, count: 2 })
    const twice = steps.filter((name) => name !== 'judgeCell')
    expect(twice.slice(3, 6)).toEqual(['powerOffPlace', 'releasePlace', 'leasePlace'])
  })

  it('gives a place back as suspect that cannot be switched off, and keeps how the attempt ended', async () => {
    const { released, lost } = await runWith({
      powerOffPlace: async () => {
        throw broken('The PDU says on.')
      },
    })
    expect(released).toEqual([{ run: 1, cell: 2, attempt: 1, held, broken: 'The PDU says on.' }])
    expect(lost).toEqual([])
  })

  it('makes no attempt where no place of the lab would ever do', async () => {
    const { steps, lost } = await runWith({
      leasePlace: async () => {
        throw ApplicationFailure.nonRetryable('The lab has no class "rk3588".', 'BadInput')
      },
    })
    expect(lost).toHaveLength(1)
    expect(steps).toEqual(['leasePlace', 'closeLostAttempt', 'judgeCell'])
  })

  it('powers off and releases when it is cancelled in mid-boot', async () => {
    const began = Promise.withResolvers<void>()
    const { steps, lost } = await runWith(
      {
        bootAttempt: async () => {
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
      },
      async () => {
        const handle = await bench.client.workflow.start('runCell', start())
        await began.promise
        await handle.cancel()
        await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
      },
    )
    expect(steps).toEqual([
      'leasePlace',
      'flashPlace',
      'bootAttempt',
      'powerOffPlace',
      'releasePlace',
      'closeLostAttempt',
    ])
    expect(lost).toEqual([{ run: 1, cell: 2, attempt: 1, reason: 'cancelled' }])
  }, 60_000)
})
