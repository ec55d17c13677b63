import { expect, onTestFinished, test } from 'vitest'
import { Patience, type Expired } from '../../targets/patience.ts'
import { watchPatience } from '../../targets/watchdog.ts'

const history = { silences: {}, stages: {} }

/** A patience of so many seconds from now, and when it ran out, milliseconds later. */
function watched(silence: number): {
  patience: Patience
  expired: Promise<{ why: Expired; after: number }>
  end: () => void
} {
  const started = performance.now()
  const patience = new Patience({ silence, stage: 1000, grace: 10 }, history, started)
  const { promise, resolve } = Promise.withResolvers<{ why: Expired; after: number }>()
  const end = watchPatience(patience, (why) => resolve({ why, after: performance.now() - started }))
  onTestFinished(end)
  return { patience, expired: promise, end }
}

test('it calls when patience has run out', async () => {
  const { expired } = watched(0.05)
  const { why, after } = await expired
  expect(why).toMatchObject({ kind: 'silence', stage: 'power', limit: 0.05 })
  expect(after).toBeGreaterThanOrEqual(50)
})

test('what is heard meanwhile puts the call off', async () => {
  const { patience, expired } = watched(0.2)
  setTimeout(() => patience.heard(performance.now()), 100)
  expect((await expired).after).toBeGreaterThanOrEqual(295)
})

test('while this process stood still nobody could be heard: the target gets its time anew', async () => {
  const { expired } = watched(0.2)
  const standsStill = 1500
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, standsStill)
  const { why, after } = await expired
  expect(after).toBeGreaterThanOrEqual(standsStill + 195)
  // Only the silence after the standstill counts.
  expect(why.seconds * 1000).toBeLessThanOrEqual(after - standsStill + 1)
})

test('after its end it never calls', async () => {
  const { expired, end } = watched(0.02)
  end()
  const later = watched(0.1)
  await expect(Promise.race([expired.then(() => 'called'), later.expired.then(() => 'not called')])).resolves.toBe(
    'not called',
  )
})
