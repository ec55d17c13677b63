import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { awaitHolds, holdsOf, tellHolds } from '../../cli/places/holds.ts'
import type { Context } from '../../cli/context.ts'
import { holdReason } from '../../domain/lease/hold.ts'
import { releaseLease, requestLease } from '../../store/leases.ts'
import { openStore } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
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

test('the boards that a run has kept are told, and waited for until the last is given back', async () => {
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
    const told: string[] = []
    tellHolds({ talk: (text) => void told.push(text) } as Context, holds)
    expect(told).toEqual([
      expect.stringMatching(
        /^rock-1 is yours until .*, kept after attempt 12\.3\.1 of linux\/x: `hyplab console rock-1`/,
      ),
    ])
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
