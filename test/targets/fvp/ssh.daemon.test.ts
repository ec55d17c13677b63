import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePorts } from '../../../host/free-port.ts'
import { findProcesses, type ProcessSeen } from '../../../host/process-identity.ts'
import { keptModel, keptStatistics } from '../../../targets/fvp/kept-model.ts'
import { sshLink } from '../../../targets/hosts/ssh-link.ts'
import type { HostLink } from '../../../targets/hosts/host-link.ts'
import { awaitGone } from '../../host/await-gone.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { startSshd, type Sshd } from '../../rack/sshd.ts'
import { allBytes, never, powerUp, standIn, standInOrder, type Step } from './stand-in.ts'

vi.setConfig({ testTimeout: 90_000 })

async function farHost(): Promise<{ sshd: Sshd; link: HostLink }> {
  const [port = 0] = await freePorts(1)
  const sshd = await startSshd({ folder: join(await tempFolder(), 'sshd'), port })
  onTestFinished(() => sshd.stop())
  const link = sshLink(sshd.host('rack-1'))
  onTestFinished(() => link.close())
  return { sshd, link }
}

/** A model that simulates a script: sshd hands no environment on. */
async function scripted(steps: Step[]): Promise<string> {
  const folder = await tempFolder()
  const [file, model] = [join(folder, 'script.json'), join(folder, 'FVP_Base_RevC-2xAEMvA')]
  await writeFile(file, JSON.stringify(steps))
  await writeFile(model, `#!/bin/sh\nFVP_STANDIN=script:${file} exec ${standIn} "$@"\n`)
  await chmod(model, 0o755)
  return model
}

function modelsWith(file: string): ProcessSeen[] {
  return findProcesses(({ commandLine }) => commandLine.startsWith('/usr/bin/python3') && commandLine.includes(file))
}

test('a model behind sshd boots from a file that is put there, every byte comes, and nothing stays', async () => {
  const binary = await scripted([
    { bytes: allBytes, times: 400 },
    { say: 'secure', on: 1 },
    { echo: 1 },
    { end: 'off' },
  ])
  const fip = join(await tempFolder(), 'fip.bin')
  await writeFile(fip, 'firmware')
  const { link } = await farHost()
  const order = await standInOrder({
    model: { binary, parameters: {} },
    recipe: { parameters: { 'bp.flashloader0.fname': fip }, data: [] },
  })
  const { powered, heard } = await powerUp(order, never, link)
  const there = keptModel(order.folder)!
    .arguments.find((word) => word.startsWith('bp.flashloader0.fname='))!
    .split('=')[1]!
  expect(there).not.toBe(fip)
  expect(await readFile(there, 'utf8')).toBe('firmware')
  await powered.go()
  await powered.pulse!.ask()
  powered.lines[0]!.stream.write('typed\n')
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
  expect(await powered.askOff()).toBe(false)
  const said = Buffer.from(Array.from({ length: 400 }, () => allBytes).flat())
  expect(heard[0]!.bytes().equals(Buffer.concat([said, Buffer.from('typed\n')]))).toBe(true)
  expect(heard[1]!.text()).toBe('secure')
  expect(keptStatistics(order.folder)).toBeDefined()
  expect(existsSync(dirname(there))).toBe(false)
})

test.each(['askOff', 'forceOff'] as const)('a model behind sshd is ended by %s', async (way) => {
  const binary = await scripted([{ say: 'up' }, { end: 'sleep' }])
  const { link } = await farHost()
  const order = await standInOrder({ model: { binary, parameters: {} } })
  const { powered, heard } = await powerUp(order, never, link)
  await powered.go()
  await heard[0]!.says('up')
  await powered[way]()
  await heard[0]!.closed
  expect(keptStatistics(order.folder) !== undefined).toBe(way === 'askOff')
})

test.each([
  ['while it stands still before its first instruction', false],
  ['while the target runs', true],
])('a model behind sshd dies with a connection that is cut %s, and the end says so', async (_, running) => {
  const binary = await scripted([{ say: 'up' }, { end: 'sleep' }])
  const file = join(await tempFolder(), 'Image')
  await writeFile(file, 'kernel')
  const { sshd, link } = await farHost()
  const order = await standInOrder({
    model: { binary, parameters: {} },
    recipe: { parameters: {}, data: [{ file, at: 0x80080000 }] },
  })
  const { powered, heard } = await powerUp(order, never, link)
  const there = /cluster0\.cpu0=(.*)@/.exec(keptModel(order.folder)!.arguments.join('\n'))![1]!
  if (running) {
    await powered.go()
    await heard[0]!.says('up')
  }
  const models = modelsWith(there)
  expect(models.length).toBeGreaterThan(0)
  sshd.cut()
  expect(await powered.ended).toEqual({ kind: 'lost', reason: expect.stringMatching(/^Host rack-1 .* was lost while/) })
  await powered.forceOff()
  await Promise.all(models.map((model) => awaitGone(model, 10)))
})
