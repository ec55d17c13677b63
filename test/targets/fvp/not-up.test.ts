import { afterEach, expect, test, vi } from 'vitest'
import { seeProcess } from '../../../host/process-identity.ts'
import { powerFvp } from '../../../targets/fvp/power.ts'
import { never, script, standIn, standInOrder, TestClaim } from './stand-in.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(() => vi.unstubAllEnvs())

test.each([
  [
    'a licence that it does not get',
    ['no-license'],
    {},
    /ended with code 1 before .*terminal_0, terminal_1; it said: .*License/,
  ],
  [
    'a crash as it starts',
    ['die-on-start'],
    {},
    /ended by signal 11 before .*terminal_0, terminal_1; it said: Segmentation fault/,
  ],
  [
    'a parameter that it does not know',
    [],
    { 'bp.nonsense': '1' },
    /code 1 before .*there is no parameter 'bp\.nonsense'$/,
  ],
  ['a value that it does not take', [], { 'cluster0.NUM_CORES': 'four' }, /code 1 before .*'four' is no value/],
  ['a file that is not there', [], { 'bp.flashloader0.fname': '/nowhere/fip.bin' }, /code 1 before .*cannot open file/],
])('%s ends the attempt before it began, with the words of the model', async (_, wishes, parameters, words) => {
  await script([{ end: 'off' }], ...wishes)
  const order = await standInOrder({ model: { binary: standIn, parameters } })
  const claim = new TestClaim()
  await expect(powerFvp(order)(claim, never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    retryable: true,
    message: expect.stringMatching(words),
  })
  await claim.gone()
})

test('a terminal that is never announced is named, and the model does not stay', async () => {
  await script([{ end: 'sleep' }], 'drop-ports:1')
  const claim = new TestClaim()
  await expect(powerFvp(await standInOrder({ announcing: 0.5 }))(claim, never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(/did not announce terminal_1 within 0\.5 s/),
  })
  await claim.gone()
})

test('an attempt that is cancelled while the model comes up leaves nothing', async () => {
  await script([{ end: 'sleep' }], 'late-ports:1000')
  const claim = new TestClaim()
  const stop = new AbortController()
  const powering = powerFvp(await standInOrder())(claim, stop.signal)
  await vi.waitFor(() => expect(claim.processes().length).toBeGreaterThan(0))
  stop.abort(new Error('cancelled'))
  await expect(powering).rejects.toThrow('cancelled')
  await claim.gone()
})

test('a place that somebody newer has is left to him', async () => {
  await script([{ end: 'sleep' }])
  const claim = new TestClaim()
  let started = 0
  claim.hold = (pgid) => {
    started = pgid
    throw new Error('newer')
  }
  await expect(powerFvp(await standInOrder())(claim, never)).rejects.toThrow('newer')
  expect(started).toBeGreaterThan(1)
  expect(seeProcess(started)).toBeUndefined()
})

test('an attempt that cannot be kept is not even started', async () => {
  await script([{ end: 'off' }])
  const claim = new TestClaim()
  await expect(powerFvp(await standInOrder({ folder: '/dev/null' }))(claim, never)).rejects.toMatchObject({
    code: 'DiskFull',
    message: expect.stringMatching(/could not be kept in \/dev\/null\/kept/),
  })
  expect(claim.processes()).toEqual([])
})
