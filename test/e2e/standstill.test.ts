/** SIGSTOP of what takes part in a boot, for longer than heartbeats allow: nothing is lost, and no kernel is blamed. */
import { Client, Connection } from '@temporalio/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workflowIds } from '../../domain/naming.ts'
import { unfinishedAttempts } from '../../store/attempts.ts'
import { runDetail } from '../../store/details.ts'
import { endings, type CellDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { expectNothingLeft } from './leftovers.ts'
import { freezeInMidBoot } from './mid-boot.ts'
import { firstLook, onlyBug } from './plans.ts'
import { awaited, processesLike, processesOf } from './processes.ts'

const temporal = /^\S*temporal server start-dev /

const lab = useLab('standstill')
beforeEach(() => lab.up())
afterEach(() => expectNothingLeft(lab.state, { service: true }))

async function start(): Promise<number> {
  return (await lab.json<{ run: number }>('run', firstLook, ...onlyBug, '--detach')).run
}

/** The run's one cell when the run has ended; its verdict must be the one of an undisturbed run, and no row open. */
async function ended(run: number): Promise<CellDocument> {
  const document = await lab.ended(run)
  expect(document.run).toMatchObject({ state: 'finished', exitCode: 0 })
  expect(await unfinishedAttempts(lab.store)).toEqual([])
  const [cell] = document.cells
  expect(cell?.verdict?.verdict).toBe('known-fail')
  return cell!
}

/** Resolves when the server has given a run's first attempt up because nobody sent heartbeats for it any longer. */
async function givenUp(run: number): Promise<void> {
  const { address, namespace } = await lab.service()
  const { workflowId } = (await runDetail(lab.store, run)).run
  const connection = await Connection.connect({ address })
  const handle = new Client({ connection, namespace }).workflow.getHandle(workflowIds.cell(workflowId, 1))
  const timedOut = async () => {
    const { events } = await handle.fetchHistory()
    return events?.some(({ activityTaskTimedOutEventAttributes: out }) => out) ? true : undefined
  }
  await awaited('the server gives the attempt up', 60, timedOut)
  await connection.close()
}

describe('a worker that stands still in mid-boot', () => {
  it('and goes on after its attempt was given up: the run goes on, too', async () => {
    const { worker } = await lab.service()
    const run = await start()
    const machine = await freezeInMidBoot(lab, run)
    process.kill(worker.pid, 'SIGSTOP')
    try {
      machine.thaw()
      await givenUp(run)
    } finally {
      process.kill(worker.pid, 'SIGCONT')
    }
    const cell = await ended(run)
    // Its first attempt is closed by whoever comes first: as it ended, or as lost.
    expect(
      endings(cell)
        .slice(0, -1)
        .filter((ending) => ending !== 'infra'),
    ).toEqual([])
    expect(endings(cell).at(-1)).toBe('finished')
    expect((await lab.service()).worker.pid).toBe(worker.pid)
  })
})

describe('a QEMU that stands still in mid-boot', () => {
  it('for too long is the lab’s fault, and another attempt is made', async () => {
    const run = await start()
    await freezeInMidBoot(lab, run)
    const cell = await ended(run)
    expect(endings(cell)).toEqual(['infra', 'finished'])
    expect(cell.attempts[0]!.end!.sentence).toMatch(/^QEMU did not answer on its control connection for 1\d/)
  })
})

describe('a Temporal server that stands still in mid-boot', () => {
  it('for longer than heartbeats allow: the boot that went on counts, or is made again', async () => {
    const run = await start()
    const machine = await freezeInMidBoot(lab, run)
    const [server] = processesLike(lab.state, temporal)
    process.kill(server!.pid, 'SIGSTOP')
    try {
      // The boot ends meanwhile, one way or the other, and cannot tell the server.
      machine.thaw()
      await machine.gone(60)
      await awaited('the attempt is closed', 60, async () =>
        (await unfinishedAttempts(lab.store, run)).length === 0 ? true : undefined,
      )
    } finally {
      process.kill(server!.pid, 'SIGCONT')
    }
    expect(endings(await ended(run)).at(-1)).toBe('finished')
  })
})

it('a run that is terminated on the server is closed, and nothing of it goes on', async () => {
  const run = await start()
  const machine = await freezeInMidBoot(lab, run)
  const { address, namespace } = await lab.service()
  const connection = await Connection.connect({ address })
  const { workflowId } = (await runDetail(lab.store, run)).run
  await new Client({ connection, namespace }).workflow.getHandle(workflowId).terminate('by hand')
  await connection.close()
  const document = await lab.ended(run)
  expect(document.run).toMatchObject({ state: 'failed', exitCode: 3, summary: expect.stringContaining('terminated') })
  await machine.gone(30)
  await awaited('no attempt is open', 30, async () =>
    (await unfinishedAttempts(lab.store)).length === 0 ? true : undefined,
  )
  expect(processesOf(lab.state).filter(({ commandLine }) => /qemu-system/.test(commandLine))).toEqual([])
})
