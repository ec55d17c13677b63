/** kill -9 of everything that takes part in a boot, in the middle of it: the run ends right and nothing is left. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attempt } from '../../store/attempt.ts'
import { endings, type CellDocument, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { expectNothingLeft, heldClaims } from './leftovers.ts'
import { freezeInMidBoot, type Frozen } from './mid-boot.ts'
import { firstLook, onlyBug } from './plans.ts'
import { awaited, kill9, processesLike, processesOf } from './processes.ts'

const temporal = /^\S*temporal server start-dev /

const lab = useLab('crash-boot')
beforeEach(() => lab.up())
afterEach(() => expectNothingLeft(lab.state, { service: true }))

async function inMidBoot(): Promise<{ run: number; machine: Frozen }> {
  const { run } = await lab.json<{ run: number }>('run', firstLook, ...onlyBug, '--detach')
  return { run, machine: await freezeInMidBoot(lab, run) }
}

/** The run's one cell when the run has ended; its verdict must be the one of an undisturbed run. */
async function ended(run: number): Promise<CellDocument> {
  const document = await lab.ended(run)
  expect(document.run).toMatchObject({ state: 'finished', exitCode: 0 })
  const [cell] = document.cells
  expect(cell?.verdict?.verdict).toBe('known-fail')
  return cell!
}

/** The first attempt was lost and is kept with what its consoles had said; the second one counts. */
function expectLostAndMadeAgain(cell: CellDocument, why: RegExp): void {
  expect(endings(cell)).toEqual(['infra', 'finished'])
  const { end } = cell.attempts[0] as Attempt & { end: NonNullable<Attempt['end']> }
  expect(end.sentence).toMatch(why)
  const uart0 = end.artifacts.find(({ name }) => name === 'console/uart0')
  expect(uart0?.size).toBeGreaterThan(0)
}

async function expectNoProcess(): Promise<void> {
  await awaited('every process has gone', 60, () => (processesOf(lab.state).length === 0 ? true : undefined))
}

describe('kill -9 in mid-boot', () => {
  it('of the worker: QEMU goes with it, another worker comes, and the lost attempt is kept as infra', async () => {
    const { run, machine } = await inMidBoot()
    const before = await lab.service()
    expect(heldClaims(lab.state)).toHaveLength(1)
    kill9(before.worker.pid)
    await machine.gone(60)
    // The next worker gives the place back when it starts, long before anybody finds out that the attempt is lost.
    await awaited('the place is given back', 60, () => (heldClaims(lab.state).length === 0 ? true : undefined))
    expect((await lab.json<RunDocument>('show', String(run))).cells[0]!.attempts).toMatchObject([{ end: null }])
    expectLostAndMadeAgain(await ended(run), /worker/)
    const after = await lab.service()
    expect(after.pid).toBe(before.pid)
    expect(after.worker.pid).not.toBe(before.worker.pid)
  })

  it('of QEMU: the attempt is infra, and the next one counts', async () => {
    const { run, machine } = await inMidBoot()
    kill9(machine.pid)
    expectLostAndMadeAgain(await ended(run), /QEMU ended with code 137/)
  })

  it('of the Temporal server: it comes back where it was, and the boot is not disturbed', async () => {
    const { run, machine } = await inMidBoot()
    const { address } = await lab.service()
    const [server] = processesLike(lab.state, temporal)
    kill9(server!.pid)
    await awaited('another server starts', 60, () =>
      processesLike(lab.state, temporal).find(({ pid }) => pid !== server!.pid),
    )
    machine.thaw()
    expect(endings(await ended(run))).toEqual(['finished'])
    expect((await lab.service()).address).toBe(address)
  })

  it('of the service: all goes with it, who follows is told, and `hyplab up` lets the run go on', async () => {
    const running = lab.start('run', firstLook, ...onlyBug)
    const run = await running.run()
    await freezeInMidBoot(lab, run)
    const following = [running, lab.start('watch', String(run)), lab.start('logs', String(run), '--follow')]
    kill9((await lab.service()).pid)
    for (const { code, stderr } of await Promise.all(following.map(({ ended }) => ended))) {
      expect(stderr).toMatch(
        new RegExp(`No service runs, so nothing works on run ${run}: \`hyplab up\` lets it go on\\.$`),
      )
      expect(code).toBe(5)
    }
    await expectNoProcess()
    expect((await lab.hyplab('watch', String(run))).code).toBe(5)
    expect((await lab.hyplab('status')).code).toBe(4)
    await lab.up()
    expectLostAndMadeAgain(await ended(run), /worker/)
  })
})

it('hyplab down in mid-boot: nothing runs until `hyplab up`, then the run goes on', async () => {
  const { run } = await inMidBoot()
  expect((await lab.hyplab('down')).code).toBe(0)
  await expectNoProcess()
  await expectNothingLeft(lab.state)
  expect((await lab.json<RunDocument>('show', String(run))).run.state).toBe('running')
  await lab.up()
  expectLostAndMadeAgain(await ended(run), /worker was stopped/)
})
