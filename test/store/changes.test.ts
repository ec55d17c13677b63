import { rm } from 'node:fs/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchChanges } from '../../store/changes.ts'
import { addEvent } from '../../store/events.ts'
import { createRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { noon, sampleRun, temporaryState } from './samples.ts'

const never = new AbortController().signal

/** Resolves once the event loop has gone round often, but without any time: what waits for a timer is not over by then. */
async function manyTurns(): Promise<'waits'> {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
  return 'waits'
}

test('a change by somebody else is told, and one that came before the question too', async () => {
  // Whatever is told here was seen: the wait that ends without a change never does.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const folder = await temporaryState()
  const [mine, theirs] = [await openStore(folder), await openStore(folder)]
  const run = await createRun(theirs, sampleRun())
  const changes = watchChanges(mine)
  try {
    const add = () => addEvent(theirs, { run, time: noon, kind: 'stage', data: null })
    for (let round = 0; round < 3; round++) {
      const told = changes.next(never)
      await add()
      await told
    }
    await add()
    await changes.next(never)
  } finally {
    changes.close()
    await mine.close()
    await theirs.close()
    await rm(folder, { recursive: true })
  }
})

test('a wait ends when it is aborted, and now and then where nothing can be watched', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const changes = watchChanges({ folder: '/nonexistent' })
  const unwatched = changes.next(never)
  expect(await Promise.race([unwatched, manyTurns()])).toBe('waits')
  vi.runOnlyPendingTimers()
  await unwatched
  const stop = new AbortController()
  const waiting = changes.next(stop.signal)
  expect(await Promise.race([waiting, manyTurns()])).toBe('waits')
  stop.abort()
  await waiting
  await changes.next(stop.signal)
})
