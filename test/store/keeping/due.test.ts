import { expect, it } from 'vitest'
import { isCollectionDue } from '../../../store/keeping/due.ts'
import { writeUsage } from '../../../store/keeping/usage.ts'
import { writeNight } from '../../../store/nights.ts'
import { createRun, endRun } from '../../../store/runs.ts'
import { type Store } from '../../../store/store.ts'
import { noon, sampleRun } from '../samples.ts'
import { useStore } from '../use-store.ts'

const hour = 3600_000
let store: Store
useStore((fresh) => (store = fresh))

const due = (hours: number): Promise<boolean> => isCollectionDue(store, noon + hours * hour)

it('a store without runs, or younger than a day, has nothing to collect', async () => {
  expect(await due(1000)).toBe(false)
  await createRun(store, sampleRun(1))
  expect([await due(24), await due(25)]).toEqual([false, true])
})

it('a day after a collection there is another', async () => {
  await createRun(store, sampleRun(1))
  await writeUsage(store, [{ folder: '/state', at: noon + 30 * hour, used: 1, free: 1 }])
  expect([await due(53), await due(54)]).toEqual([false, true])
})

it('the end of a night is a reason sooner, but not while another goes on', async () => {
  await writeUsage(store, [{ folder: '/state', at: noon, used: 1, free: 1 }])
  const runs = [await createRun(store, sampleRun(1)), await createRun(store, sampleRun(1))]
  for (const [index, run] of runs.entries())
    await writeNight(store, { schedule: 's', workflowId: `${index}`, due: noon, begun: noon, run, fault: null })
  const end = { ended: noon + 2 * hour, state: 'finished' as const, exitCode: 0, summary: '' }
  await endRun(store, runs[0]!, end)
  expect(await due(7)).toBe(false)
  await endRun(store, runs[1]!, end)
  expect([await due(5), await due(7)]).toEqual([false, true])
})
