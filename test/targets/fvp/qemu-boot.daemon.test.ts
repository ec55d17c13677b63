import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { keptStatistics } from '../../../targets/fvp/kept-model.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { bareFirmware } from './bare-firmware.ts'
import { powerUp, standInOrder } from './stand-in.ts'

// The stand-in boots firmware here, in QEMU; the other tests have it simulate scripts.
vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllEnvs())

const sayings = [
  { on: 0, say: 'BL1 on the first UART\r\n' },
  { on: 1, say: 'a secure world on the second\r\n' },
  { on: 0, say: `${'the FIP, '.repeat(2000)}\r\n` },
] as const

test('firmware boots from flash, both UARTs are whole, and its power-off is the end', async () => {
  const order = await standInOrder({ recipe: await bareFirmware(await tempFolder(), [...sayings], 'off') })
  const { powered, claim, heard } = await powerUp(order)
  await powered.go()
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
  expect(await powered.askOff()).toBe(false)
  expect(heard.map((one) => one.text())).toEqual([`${sayings[0].say}${sayings[2].say}`, sayings[1].say])
  await claim.gone()
  expect(keptStatistics(order.folder)!.user).toBeGreaterThan(0)
  expect(await readFile(join(order.folder, 'kept/fvp.log'), 'utf8')).toContain('FlashLoader: Loaded 64 kB from file')
})

test('firmware that hangs is ended by SIGINT, and QEMU goes with the model', async () => {
  const order = await standInOrder({ recipe: await bareFirmware(await tempFolder(), [...sayings], 'sleep') })
  const { powered, claim, heard } = await powerUp(order)
  await powered.go()
  await heard[0]!.says('the FIP')
  expect(claim.processes().some(({ commandLine }) => commandLine.startsWith('qemu-system-aarch64'))).toBe(true)
  expect(await powered.askOff()).toBe(false)
  await claim.gone()
})

test('QEMU stands still while the model is stopped', async () => {
  const order = await standInOrder({ recipe: await bareFirmware(await tempFolder(), [...sayings], 'sleep') })
  const { powered, claim, heard } = await powerUp(order)
  await powered.go()
  await heard[0]!.says('the FIP')
  const of = (name: string) => claim.processes().find(({ commandLine }) => commandLine.startsWith(name))!
  const state = async (): Promise<string> =>
    (await readFile(`/proc/${of('qemu').pid}/stat`, 'latin1')).split(') ')[1]![0]!
  expect(await state()).not.toBe('T')
  process.kill(of('/usr/bin/python3').pid, 'SIGSTOP')
  await vi.waitFor(async () => expect(await state()).toBe('T'))
  process.kill(of('/usr/bin/python3').pid, 'SIGCONT')
  await vi.waitFor(async () => expect(await state()).not.toBe('T'))
})
