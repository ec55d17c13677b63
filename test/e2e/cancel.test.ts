/** Ctrl-C and `hyplab cancel`: what they say they do, and nothing is left behind. */
import { afterEach, describe, expect, it } from 'vitest'
import { latestRun } from '../../store/runs.ts'
import { endings, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { expectNothingLeft } from './leftovers.ts'
import { freezeInMidBoot } from './mid-boot.ts'
import { newKernel } from './new-kernel.ts'
import { firstLook, onlyBug } from './plans.ts'
import { processesOf } from './processes.ts'

const lab = useLab('cancel')

describe('without a service', () => {
  afterEach(() => expectNothingLeft(lab.state))

  it('Ctrl-C in mid-boot powers off, keeps the attempt as cancelled, and exits 130', async () => {
    const command = lab.start('run', firstLook, ...onlyBug)
    const run = await command.run()
    await freezeInMidBoot(lab, run)
    command.signal('SIGINT')
    const { code, stderr } = await command.ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/Cancelling/)
    const { run: row, cells } = await lab.json<RunDocument>('show', String(run))
    expect(row).toMatchObject({ state: 'cancelled', exitCode: 130 })
    expect(endings(cells[0]!)).toEqual(['cancelled'])
    expect(cells[0]!.attempts[0]!.end!.artifacts.map(({ name }) => name)).toContain('console/uart0')
  })

  it('Ctrl-C in mid-build ends make with all its children', async () => {
    const kernel = await newKernel(lab, 'interrupted')
    const command = lab.start('run', kernel.plan)
    const run = await command.run()
    await lab.event(run, 'compile', ({ kind, data }) => kind === 'build-progress' && data.phase === 'compile')
    command.signal('SIGINT')
    expect((await command.ended).code).toBe(130)
    expect(processesOf(kernel.folder())).toEqual([])
    expect((await lab.json<RunDocument>('show', String(run))).run.state).toBe('cancelled')
  })
})

describe('with a service', () => {
  it('Ctrl-C detaches, and the run goes on to its end', async () => {
    await lab.up()
    const command = lab.start('run', firstLook, ...onlyBug)
    const run = await command.run()
    const machine = await freezeInMidBoot(lab, run)
    command.signal('SIGINT')
    const { code, stderr } = await command.ended
    expect(code).toBe(0)
    machine.thaw()
    expect(stderr).toMatch(new RegExp(`run ${run} goes on`))
    const { cells } = await lab.ended(run)
    expect(cells[0]!.verdict?.verdict).toBe('known-fail')
    await expectNothingLeft(lab.state, { service: true })
  })

  it('hyplab cancel ends it, and returns when all is put away', async () => {
    await lab.up()
    const { run } = await lab.json<{ run: number }>('run', firstLook, ...onlyBug, '--detach')
    await freezeInMidBoot(lab, run)
    expect((await lab.hyplab('cancel', String(run))).code).toBe(0)
    expect((await lab.json<RunDocument>('show', String(run))).run.state).toBe('cancelled')
    await expectNothingLeft(lab.state, { service: true })
    expect(await lab.hyplab('cancel', String(run))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/ended already/),
    })
    expect((await latestRun(lab.store))?.id).toBe(run)
  })
})
