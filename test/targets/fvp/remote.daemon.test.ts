import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { findProcesses, type ProcessSeen } from '../../../host/process-identity.ts'
import { keptModel, keptStatistics } from '../../../targets/fvp/kept-model.ts'
import { powerFvp } from '../../../targets/fvp/power.ts'
import { awaitGone } from '../../host/await-gone.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { LocalLink } from './local-link.ts'
import { allBytes, never, powerUp, script, standIn, standInOrder, TestClaim } from './stand-in.ts'

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllEnvs())

/** Models that are started with files of that folder. */
function modelsWith(file: string): ProcessSeen[] {
  return findProcesses(({ commandLine }) => commandLine.includes('FVP_Base_RevC-2xAEMvA') && commandLine.includes(file))
}

test('a model on another host boots from files that are put there, and nothing of it stays', async () => {
  await script([{ bytes: allBytes, times: 100 }, { say: 'secure', on: 1 }, { echo: 1 }, { end: 'off' }])
  const folder = await tempFolder()
  const [fip, image] = [join(folder, 'fip.bin'), join(folder, 'Image')]
  await Promise.all([writeFile(fip, 'firmware'), writeFile(image, 'kernel')])
  const link = new LocalLink()
  const order = await standInOrder({
    model: { binary: standIn, parameters: { 'bp.dram_size': '4' } },
    recipe: {
      parameters: { 'bp.flashloader0.fname': fip, 'cluster0.NUM_CORES': '2' },
      data: [{ file: image, at: 0x80080000 }],
    },
  })
  const { powered, heard } = await powerUp(order, never, link)
  const [fipThere, imageThere] = [link.files.get(fip)!, link.files.get(image)!]
  expect(await readFile(fipThere, 'utf8')).toBe('firmware')
  expect(await readFile(imageThere, 'utf8')).toBe('kernel')
  const started = keptModel(order.folder)!
  expect(started).toMatchObject({ host: 'rack-1', path: standIn })
  expect(started.arguments).toContain(`bp.flashloader0.fname=${fipThere}`)
  expect(started.arguments).toContain(`cluster0.cpu0=${imageThere}@0x80080000`)
  await powered.go()
  await powered.pulse!.ask()
  powered.lines[0]!.stream.write('typed\n')
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
  expect(await powered.askOff()).toBe(false)
  const said = Buffer.from(Array.from({ length: 100 }, () => allBytes).flat())
  expect(heard[0]!.bytes().equals(Buffer.concat([said, Buffer.from('typed\n')]))).toBe(true)
  expect(heard[1]!.text()).toBe('secure')
  expect(keptStatistics(order.folder)!.wall).toBeGreaterThan(0)
  expect(existsSync(dirname(fipThere))).toBe(false)
})

test('a model on another host is asked to end, and forced to', async () => {
  await script([{ say: 'up' }, { end: 'sleep' }])
  for (const way of ['askOff', 'forceOff'] as const) {
    const link = new LocalLink()
    const order = await standInOrder()
    const { powered, heard } = await powerUp(order, never, link)
    await powered.go()
    await heard[0]!.says('up')
    await powered[way]()
    await heard[0]!.closed
    expect(keptStatistics(order.folder) !== undefined).toBe(way === 'askOff')
  }
})

test.each([
  ['while it stands still before its first instruction', false],
  ['while the target runs', true],
])('a model on another host dies with the connection %s, and the end says so', async (_, running) => {
  await script([{ say: 'up' }, { end: 'sleep' }])
  const file = join(await tempFolder(), 'Image')
  await writeFile(file, 'kernel')
  const link = new LocalLink()
  const order = await standInOrder({ recipe: { parameters: {}, data: [{ file, at: 0 }] } })
  const { powered, heard } = await powerUp(order, never, link)
  const there = link.files.get(file)!
  if (running) {
    await powered.go()
    await heard[0]!.says('up')
  }
  const models = modelsWith(there).filter(({ commandLine }) => commandLine.startsWith('/usr/bin/python3'))
  expect(models.length).toBeGreaterThan(0)
  await link.close()
  expect(await powered.ended).toMatchObject({ kind: 'lost' })
  await powered.forceOff()
  await Promise.all(models.map((model) => awaitGone(model, 10)))
})

test('a host without a model is the fault of the place, and the sentence names the host', async () => {
  const order = await standInOrder({ model: { binary: '/opt/nothing/FVP_Base_RevC-2xAEMvA', parameters: {} } })
  await expect(powerFvp(order, new LocalLink())(new TestClaim(), never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(/^There is no model \/opt\/nothing\/FVP_Base_RevC-2xAEMvA on rack-1 .*say its path/),
  })
})

test('a model that ends before it announced all is told in its own words, and its files do not stay', async () => {
  await script([{ end: 'off' }], 'no-license')
  const file = join(await tempFolder(), 'Image')
  await writeFile(file, 'kernel')
  const link = new LocalLink()
  const order = await standInOrder({ recipe: { parameters: {}, data: [{ file, at: 0 }] } })
  await expect(powerFvp(order, link)(new TestClaim(), never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringMatching(/ended with code 1 before .*License/),
  })
  expect(link.files.size).toBe(1)
  expect(existsSync(dirname(link.files.get(file)!))).toBe(false)
})
