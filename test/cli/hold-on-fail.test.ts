import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { awaitHolds, holdsOf, tellHolds } from '../../cli/places/holds.ts'
import type { Context } from '../../cli/context.ts'
import { holdReason } from '../../domain/lease/hold.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { releaseLease, requestLease } from '../../store/leases.ts'
import { createRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { sampleEnd, sampleRun, sampleStart } from '../store/samples.ts'
import { runHyplab } from './run-hyplab.ts'

const never = new AbortController().signal

test('a plan that boots on no board can keep none, and a time wants a unit', async () => {
  const folder = await tempFolder()
  const run = (time: string) =>
    runHyplab(folder, ['run', join(process.cwd(), 'plans/first-look.yaml'), '--hold-on-fail', time])
  expect(await run('30min')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^hyplab: --hold-on-fail keeps boards, and no cell of the plan boots on one/),
  })
  expect(await run('30')).toMatchObject({ code: 2, stderr: expect.stringContaining('a time with a unit') })
})

test.each([
  ['silence', 'It hung and was left on: `hyplab console rock-1`, `hyplab release rock-1`.'],
  [
    'power-off',
    'It was switched off at the end: `hyplab place rock-1 on`, `hyplab console rock-1`, `hyplab release rock-1`.',
  ],
] as const)('after an attempt that stopped by %s its owner is told whether the board is on', async (stop, sentence) => {
  const store = await openStore(await tempFolder())
  try {
    await createRun(store, sampleRun(1))
    const start = sampleStart({ run: 1, cell: 1, number: 1 })
    await startAttempt(store, start)
    const end = await sampleEnd(store, 0)
    await finishAttempt(store, start, { ...end, host: { stop, reason: '', stage: 'kernel' } })
    const told: string[] = []
    const lease = { place: 'lab/rock-1', fence: 1, holder: 'reserved by ann', since: 0, until: 60_000 }
    await tellHolds({ talk: (text) => void told.push(text) } as Context, store, [
      { ...lease, why: holdReason('1.1.1', 'linux/x') },
    ])
    expect(told).toEqual([
      expect.stringMatching(/^rock-1 is yours until \S+ \S+, kept after attempt 1\.1\.1 of linux\/x\. It /),
    ])
    expect(told[0]).toContain(sentence)
  } finally {
    await store.close()
  }
})

test('the boards that a run has kept are found, and waited for until the last is given back', async () => {
  const store = await openStore(await tempFolder())
  const take = async (place: string, why: string) =>
    (await requestLease(
      store,
      { places: [place], holder: `reserved by ${userInfo().username}`, why, forMs: 60_000, evenSuspect: true },
      Date.now(),
    ))!
  try {
    const mine = await take('lab/rock-1', holdReason('12.3.1', 'linux/x'))
    await take('lab/rock-2', holdReason('1.3.1', 'of another run'))
    await take('lab/rock-3', 'attempt 12.3.1 by hand')
    const holds = await holdsOf(store, 12)
    expect(holds.map(({ place }) => place)).toEqual(['lab/rock-1'])
    let over = false
    const waited = awaitHolds(store, 12, never).then(() => (over = true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(over).toBe(false)
    await releaseLease(store, mine)
    await waited
  } finally {
    await store.close()
  }
})
