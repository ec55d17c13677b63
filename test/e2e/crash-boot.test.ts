/** kill -9 of everything that takes part in a boot, in the middle of it: the run ends right and nothing is left. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Stage } from '../../domain/stage/stage.ts'
import type { Attempt } from '../../store/attempt.ts'
import { endings, type CellDocument, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { expectNothingLeft, heldClaims } from './leftovers.ts'
import { firstLook, onlyBug } from './plans.ts'
import { awaited, kill9, processesLike, processesOf } from './processes.ts'

const qemu = /^\S*qemu-system-aarch64 /

const lab = useLab('crash-boot')
beforeEach(() => lab.up())
afterEach(() => expectNothingLeft(lab.state, { service: true }))

/** Starts a run and waits until its kernel boots. @returns the run, and the one QEMU that there is */
async function inMidBoot(stage: Stage = 'kernel'): Promise<{ run: number; machine: number }> {
  const { run } = await lab.json<{ run: number }>('run', firstLook, ...onlyBug, '--detach')
  await lab.event(run, stage, ({ kind, data }) => kind === 'stage' && data.stage === stage)
  const [machine, ...others] = processesLike(lab.state, qemu)
  expect(others).toEqual([])
  return { run, machine: machine!.pid }
}

/** The run's one cell when the run has ended; its verdict must be the one of an undisturbed run. */
async function ended(run: number): Promise<CellDocument> {
  const document = await lab.ended(run)
  expect(document.run).toMatchObject({ state: 'finished', exitCode: 0 })
  const [cell] = document.cells
  expect(cell?.verdict?.verdict).toBe('known-fail')
  return cell!
}

async function gone(machine: number): Promise<void> {
  await awaited('QEMU has gone', 5, () =>
    processesLike(lab.state, qemu).some(({ pid }) => pid === machine) ? undefined : true,
  )
}

const consolesOf = ({ end }: Attempt): string[] => end!.artifacts.map(({ name }) => name)

describe('kill -9 in mid-boot', () => {
  it('of the worker: QEMU goes with it, another worker comes, and the lost attempt is kept as infra', async () => {
    const { run, machine } = await inMidBoot()
    const { worker, pid } = await lab.service()
    expect(heldClaims(lab.state)).toHaveLength(1)
    kill9(worker.pid)
    await gone(machine)
    // The next worker gives the place back when it starts, long before anybody finds out that the attempt is lost.
    await awaited('the place is given back', 8, () => (heldClaims(lab.state).length === 0 ? true : undefined))
    expect((await lab.json<RunDocument>('show', String(run))).cells[0]!.attempts).toMatchObject([{ end: null }])
    const cell = await ended(run)
    expect(endings(cell)).toEqual(['infra', 'finished'])
    expect(cell.attempts[0]!.end!.sentence).toMatch(/worker/)
    expect(consolesOf(cell.attempts[0]!)).toContain('console/uart0')
    const after = await lab.service()
    expect(after.pid).toBe(pid)
    expect(after.worker.pid).not.toBe(worker.pid)
  })

  it('of QEMU: the attempt is infra, and the next one counts', async () => {
    const { run, machine } = await inMidBoot()
    kill9(machine)
    const cell = await ended(run)
    expect(endings(cell)).toEqual(['infra', 'finished'])
    expect(cell.attempts[0]!.end!.sentence).toMatch(/QEMU ended with code 137/)
    expect(consolesOf(cell.attempts[0]!)).toContain('console/uart0')
  })

  it('of the Temporal server: it comes back where it was, and the boot is not disturbed', async () => {
    const { run } = await inMidBoot()
    const { address } = await lab.service()
    const [server] = processesLike(lab.state, /^\S*temporal server start-dev /)
    kill9(server!.pid)
    const cell = await ended(run)
    expectOneFinished(cell)
    const again = await awaited('the server is back', 20, () =>
      processesLike(lab.state, /^\S*temporal server start-dev /).at(0),
    )
    expect(again.pid).not.toBe(server!.pid)
    expect((await lab.service()).address).toBe(address)
  })

  it('of the service: all goes with it, and `hyplab up` lets the run go on', async () => {
    const { run } = await inMidBoot()
    kill9((await lab.service()).pid)
    await expectNoProcess()
    expect((await lab.hyplab('status')).code).toBe(4)
    await lab.up()
    expectOneFinished(await ended(run))
  })
})

it('hyplab down in mid-boot: nothing runs until `hyplab up`, then the run goes on', async () => {
  const { run } = await inMidBoot('bl1')
  expect((await lab.hyplab('down')).code).toBe(0)
  await expectNoProcess()
  await expectNothingLeft(lab.state)
  expect((await lab.json<RunDocument>('show', String(run))).run.state).toBe('running')
  await lab.up()
  expectOneFinished(await ended(run))
})

/** A boot that was nearly through may be let come to its end; the ones before the last were cut off. */
function expectOneFinished(cell: CellDocument): void {
  const [last, ...before] = endings(cell).toReversed()
  expect(last).toBe('finished')
  expect(before.filter((ending) => ending !== 'infra')).toEqual([])
}

async function expectNoProcess(): Promise<void> {
  await awaited('every process has gone', 30, () => (processesOf(lab.state).length === 0 ? true : undefined))
}
