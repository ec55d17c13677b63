import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { watchChanges } from '../../store/changes.ts'
import { addEvent } from '../../store/events.ts'
import { createRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { noon, sampleRun, temporaryState } from './samples.ts'

const never = new AbortController().signal

/** How long `wait` takes, milliseconds. */
async function milliseconds(wait: Promise<void>): Promise<number> {
  const start = performance.now()
  await wait
  return performance.now() - start
}

test('a change by somebody else is told at once, and one that came before the question too', async () => {
  const folder = await temporaryState()
  const [mine, theirs] = [await openStore(folder), await openStore(folder)]
  const run = await createRun(theirs, sampleRun())
  const changes = watchChanges(mine)
  try {
    const add = () => addEvent(theirs, { run, time: noon, kind: 'stage', data: null })
    for (let round = 0; round < 3; round++) {
      const told = milliseconds(changes.next(never))
      await add()
      // Without a watch it would take 1 s, or 50 ms each.
      expect(await told).toBeLessThan(900)
    }
    await add()
    expect(await milliseconds(changes.next(never))).toBeLessThan(900)
  } finally {
    changes.close()
    await mine.close()
    await theirs.close()
    await rm(folder, { recursive: true })
  }
})

test('a wait ends when it is aborted, and where nothing can be watched', async () => {
  const changes = watchChanges({ folder: '/nonexistent' })
  expect(await milliseconds(changes.next(never))).toBeGreaterThan(30)
  const stop = new AbortController()
  const waiting = milliseconds(changes.next(stop.signal))
  stop.abort()
  expect(await waiting).toBeLessThan(30)
  expect(await milliseconds(changes.next(stop.signal))).toBeLessThan(30)
})
