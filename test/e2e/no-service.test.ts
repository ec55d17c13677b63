/** Commands that bring their own service: several at the same moment share one, and the last one ends it. */
import { expect, it } from 'vitest'
import { useLab } from './lab.ts'
import { expectNothingLeft } from './leftovers.ts'
import { firstLook } from './plans.ts'

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
