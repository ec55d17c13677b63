import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { findProcesses } from '../../../host/process-identity.ts'
import { awaitGone } from '../../host/await-gone.ts'
import { powerUp, script, standInOrder } from './stand-in.ts'

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllEnvs())

test('a model that does not listen is ended by force', async () => {
  await script([{ say: 'up' }, { end: 'sleep' }], 'deaf')
  const { powered, claim, heard } = await powerUp(await standInOrder())
  await powered.go()
  await heard[0]!.says('up')
  expect(await powered.askOff()).toBe(true)
  await claim.gone()
})

test('somebody who holds outputs and terminals of a model that has gone is not waited for', async () => {
  await script([{ say: 'all that was said' }, { end: 'off' }], 'linger:30')
  const { powered, heard } = await powerUp(await standInOrder())
  await powered.go()
  const before = performance.now()
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
  await powered.askOff()
  await Promise.all(heard.map(({ closed }) => closed))
  expect(performance.now() - before).toBeLessThan(10_000)
  expect(heard[0]!.text()).toBe('all that was said')
})

test('a reader that pauses loses nothing of 6 MB, and the target waits for it', async () => {
  const line = `${'0123456789abcdef'.repeat(6)}123\n`
  const times = 60_000
  await script([{ say: line, times }, { end: 'off' }])
  const { powered, heard } = await powerUp(await standInOrder())
  const { stream } = powered.lines[0]!
  await powered.go()
  await heard[0]!.says(line)
  stream.pause()
  await new Promise((resolve) => setTimeout(resolve, 1500))
  // A loopback connection takes about 4 MB; more than that waits in the target.
  let ended = false
  void powered.ended.then(() => (ended = true))
  expect(heard[0]!.bytes().length).toBeLessThan(line.length * times)
  expect(ended).toBe(false)
  stream.resume()
  await powered.ended
  await powered.askOff()
  expect(heard[0]!.text()).toBe(line.repeat(times))
})

test.each([
  ['while the model stands still before its first instruction', false],
  ['while the target runs', true],
])('kill -9 of the owner, %s, leaves nothing', async (_, running) => {
  await script([{ say: 'up\n' }, { end: 'sleep' }])
  const order = await standInOrder()
  const power = join(import.meta.dirname, '../../../targets/fvp/power.ts')
  const source = `
    import { powerFvp } from ${JSON.stringify(power)}
    const claim = { fence: 1, token: 'hyplab-owner-' + process.pid, hold() {}, release() {} }
    const powered = await powerFvp(${JSON.stringify(order)})(claim, new AbortController().signal)
    if (!${running}) console.log('ready')
    else {
      powered.lines[0].stream.once('data', () => console.log('ready'))
      await powered.go()
    }
    setInterval(() => {}, 1000)
  `
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], { stdio })
  onTestFinished(() => void owner.kill('SIGKILL'))
  expect(await once(createInterface(owner.stdout), 'line')).toEqual(['ready'])
  const guards = findProcesses(({ commandLine }) => commandLine.includes(`hyplab-owner-${owner.pid}`))
  const group = guards.find(({ pid, pgid }) => pid === pgid)!.pgid
  const started = findProcesses(({ pgid }) => pgid === group)
  // Guard, watcher and model at least.
  expect(started.length).toBeGreaterThanOrEqual(3)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await Promise.all(started.map((one) => awaitGone(one, 10)))
})
