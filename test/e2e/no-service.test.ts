/** Commands that bring their own service: several at the same moment share one, and the last one ends it. */
import { expect, it } from 'vitest'
import { endings } from './documents.ts'
import { useLab } from './lab.ts'
import { expectNothingLeft } from './leftovers.ts'
import { freezeInMidBoot } from './mid-boot.ts'
import { firstLook, onlyBug } from './plans.ts'
import { kill9 } from './processes.ts'

const lab = useLab('no-service')

it('share one service, whichever of them started it, and leave nothing', async () => {
  const commands = Array.from({ length: 3 }, () => lab.hyplab('build', firstLook))
  // One more each time that one ends: it may find the service ending.
  const later = commands.map((command) => command.then(() => lab.hyplab('build', firstLook)))
  for (const { code, stderr } of await Promise.all([...commands, ...later]))
    expect({ code, stderr }).toMatchObject({ code: 0 })
  await expectNothingLeft(lab.state)
  expect((await lab.json<{ runs: { state: string }[] }>('list')).runs.map(({ state }) => state)).toEqual(
    Array.from({ length: 7 }, () => 'finished'),
  )
})

it('leave a service that stays behind a detached run, which goes on to its end', async () => {
  const { run } = await lab.json<{ run: number }>('run', firstLook, ...onlyBug, '--detach')
  expect(await lab.json('status')).toMatchObject({ running: true, life: 'until-down' })
  const { cells } = await lab.ended(run)
  expect(cells[0]!.verdict?.verdict).toBe('known-fail')
  await lab.hyplab('down')
  await expectNothingLeft(lab.state)
})

it('take their service with them when they are killed with -9, and `hyplab up` lets the run go on', async () => {
  const command = lab.start('run', firstLook, ...onlyBug)
  const run = await command.run()
  await freezeInMidBoot(lab, run)
  kill9(command.pid)
  await command.ended
  await expectNothingLeft(lab.state)
  await lab.up()
  const { cells } = await lab.ended(run)
  expect(endings(cells[0]!)).toEqual(['infra', 'finished'])
  expect(cells[0]!.verdict?.verdict).toBe('known-fail')
})
