import { onTestFinished, expect, it } from 'vitest'
import { followRun } from '../../cli/follow.ts'
import { readPlanFile } from '../../reading/read-plan.ts'
import { addEvent } from '../../store/events.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'

async function aRun(): Promise<{ store: Store; other: Store; run: number }> {
  const folder = await tempFolder()
  const [store, other] = [await openStore(folder), await openStore(folder)]
  onTestFinished(async () => {
    await store.close()
    await other.close()
  })
  const { plan, text, file, cells } = await readPlanFile('plans/first-look.yaml')
  const run = await createRun(store, {
    plan: plan.name,
    planText: text,
    planFile: file,
    started: 1,
    workflowId: 'w',
    options: null,
    cells,
  })
  return { store, other, run }
}

const end = { state: 'finished', ended: 2, exitCode: 0, summary: 'Fine.' } as const
const never = new AbortController().signal

it('gives each event once and in order, those of before and those that come, until the run has ended', async () => {
  const { store, other, run } = await aRun()
  await addEvent(other, { run, time: 1, kind: 'say', data: { text: 'before' } })
  const seen: string[] = []
  for await (const event of followRun(store, run, never)) {
    seen.push(event.kind === 'say' ? event.data.text : event.kind)
    if (seen.length === 1) await addEvent(other, { run, time: 2, kind: 'say', data: { text: 'while following' } })
    if (seen.length === 2) await addEvent(other, { run, time: 3, kind: 'run-ended', data: end })
  }
  expect(seen).toEqual(['before', 'while following', 'run-ended'])
})

it('ends with a run that was closed without an event', async () => {
  const { store, other, run } = await aRun()
  await addEvent(other, { run, time: 1, kind: 'say', data: { text: 'alone' } })
  let seen = 0
  for await (const _event of followRun(store, run, never)) {
    seen++
    // As a hyplab of before did, which died between the two.
    await other.database.updateTable('runs').set({ state: 'cancelled', ended: 2 }).where('id', '=', run).execute()
  }
  expect(seen).toBe(1)
})

it('ends when nobody wants to follow any longer, and the run goes on', async () => {
  const { store, other, run } = await aRun()
  await addEvent(other, { run, time: 1, kind: 'say', data: { text: 'alone' } })
  const stop = new AbortController()
  for await (const _event of followRun(store, run, stop.signal)) stop.abort()
  expect(stop.signal.aborted).toBe(true)
})
