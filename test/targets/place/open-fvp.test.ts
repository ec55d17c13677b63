import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { LabError } from '../../../domain/errors.ts'
import { reproduction } from '../../../targets/adapters.ts'
import { keptModel } from '../../../targets/fvp/kept-model.ts'
import type { OpenPlace } from '../../../targets/place/place.ts'
import type { Powered } from '../../../targets/powered.ts'
import type { TargetOrder } from '../../../targets/target-order.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { Heard, never, script, TestClaim } from '../fvp/stand-in.ts'
import { fvpOrder, fvpPlace, setup } from './fvp-place.ts'

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllEnvs())

const nothing = { files: [], remarks: [] }

async function powerUp(place: OpenPlace, order: TargetOrder): Promise<{ powered: Powered; heard: Heard[] }> {
  const powered = await place.powerUp(order, nothing)(new TestClaim(), never)
  onTestFinished(() => powered.forceOff())
  return { powered, heard: powered.lines.map(({ stream }) => new Heard(stream)) }
}

const property = async (tree: string, type: string, name: string): Promise<string> =>
  (await execa('fdtget', ['-t', type, tree, '/chosen', name])).stdout

test('what a model boots lies in its memory, and the kernel is told of it by a device tree of its own', async () => {
  await script([{ say: 'NS' }, { say: 'secure', on: 1 }, { end: 'off' }], 'loads:1')
  const order = await fvpOrder()
  const { powered, heard } = await powerUp(fvpPlace(), order)
  await powered.go()
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: '' })
  await powered.askOff()
  expect(powered.lines.map(({ name, worlds }) => [name, worlds])).toEqual(Object.entries(setup.consoles))
  expect(heard.map((one) => one.text())).toEqual(['NS', 'secure'])

  const tree = join(order.folder, 'kept/fvp.dtb')
  const { image, initrd, firmware } = order.files
  expect(keptModel(order.folder)!.arguments.join(' ')).toContain(
    `--data cluster0.cpu0=${image}@0x84000000 --data cluster0.cpu0=${initrd}@0x880000000 --data cluster0.cpu0=${tree}@0x8fe00000`,
  )
  expect(keptModel(order.folder)!.arguments).toEqual(
    expect.arrayContaining([
      `bp.flashloader0.fname=${firmware['firmware/fip.bin']}`,
      'cluster0.NUM_CORES=4',
      'bp.secure_memory=1',
    ]),
  )
  expect(await property(tree, 's', 'bootargs')).toBe(
    'class=1 kvm-arm.mode=protected panic=-1 console=ttyAMA0 earlycon=pl011,0x1c090000 rdinit=/init panic=0',
  )
  // The address takes more than 32 bits; the initrd has nine bytes.
  expect(await property(tree, 'x', 'linux,initrd-start')).toBe('8 80000000')
  expect(await property(tree, 'x', 'linux,initrd-end')).toBe('8 80000009')
  expect(await property(tree, 's', 'stdout-path')).toBe('serial0')
  // The stack's stays what its build made.
  expect(await property(firmware['firmware/fvp.dtb']!, 's', 'bootargs')).toBe('old')
})

test('there is nothing to flash, to switch or to clear, and no console while nothing runs', async () => {
  const place = fvpPlace()
  expect(place.power).toBeUndefined()
  expect(await place.flash((await fvpOrder()).files, '', never)).toEqual(nothing)
  await place.off(never)
  await place.clear(never)
  await expect(place.console('terminal_0', never)).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringMatching(/^model-1 is a model, and has consoles only while an attempt has it run: [^.]*\.$/),
  })
})

test('a model that is not there is one sentence that says what to do', async () => {
  const up = fvpPlace({ binary: 'FVP_of_nobody' }).powerUp(await fvpOrder(), nothing)
  const error = await up(new TestClaim(), never).catch((caught: unknown) => caught as LabError)
  expect(error).toMatchObject({ code: 'PlaceBroken' })
  expect((error as LabError).message).toMatch(
    /^There is no model FVP_of_nobody on this host \(named by the lab\)\. .*set FVP_BIN or put it on PATH\.$/,
  )
})

test('nothing is started by who has lost the place', async () => {
  const lost = new LabError('StaleFence', 'The lease is over.')
  const order = await fvpOrder()
  const up = fvpPlace({ mayCommand: () => Promise.reject(lost) }).powerUp(order, nothing)
  await expect(up(new TestClaim(), never)).rejects.toBe(lost)
  expect(keptModel(order.folder)).toBeUndefined()
})

test('a stack for another machine, a device tree that is none, and a command line that is too long are refused', async () => {
  const refused = async (changes: Partial<TargetOrder>) => {
    const up = fvpPlace().powerUp(await fvpOrder(changes), nothing)
    return await up(new TestClaim(), never).catch((caught: unknown) => caught)
  }
  const { fvp: _, ...ofQemu } = setup
  expect(await refused({ setup: ofQemu })).toMatchObject({
    code: 'BadInput',
    message: /boots a stack that was made for/,
  })
  expect(await refused({ cmdline: 'x'.repeat(2000) })).toMatchObject({ code: 'BadInput', message: /takes 2047/ })
  const { files } = await fvpOrder()
  await writeFile(files.firmware['firmware/fvp.dtb']!, 'no device tree')
  expect(await refused({ files })).toMatchObject({ code: 'BadInput', message: /No device tree can be made of/ })
})

test.each([
  ['panics', '[ 1.0] ---[ end Kernel panic - not syncing: x ]---', /^The kernel panicked and stood still/],
  ['asks for a reset', '[ 1.0] reboot: Restarting system', /^The target asked for a reset/],
])('a kernel that %s ends the boot, since a model would go on', async (_what, says, reason) => {
  await script([{ say: `before\r\n${says}\r\n` }, { end: 'sleep' }])
  const { powered } = await powerUp(fvpPlace(), await fvpOrder())
  await powered.go()
  expect(await powered.ended).toEqual({ kind: 'power-off', reason: expect.stringMatching(reason) })
})

test('a boot is done again by the command line that the model had, with the files that are kept', async () => {
  await script([{ say: 'first\r\n' }, { say: 'secure', on: 1 }, { end: 'off' }], 'loads:1')
  const order = await fvpOrder()
  const { powered } = await powerUp(fvpPlace(), order)
  await powered.go()
  await powered.askOff()
  // The store has them elsewhere, under other names.
  const [store, folder] = [await tempFolder(), await tempFolder()]
  const kept = async (name: string, path: string): Promise<string> => {
    await writeFile(join(store, name), await readFile(path))
    return join(store, name)
  }
  const { image, initrd, firmware } = order.files
  const files = {
    image: await kept('a1', image),
    initrd: await kept('b2', initrd),
    firmware: {
      'firmware/fip.bin': await kept('c3', firmware['firmware/fip.bin']!),
      'firmware/fvp.dtb': await kept('d4', firmware['firmware/fvp.dtb']!),
    },
  }
  const others = {
    'model.json': await kept('e5', join(order.folder, 'kept/model.json')),
    'fvp.dtb': await kept('f6', join(order.folder, 'kept/fvp.dtb')),
  }
  const { target, cmdline } = order
  const again = { attempt: '1.1.1', place: 'lab/model-1', target, setup, files, cmdline, kept: others }
  const { command, advice } = reproduction(again)
  for (const name of ['a1', 'b2', 'c3', 'f6']) expect(command).toContain(join(store, name))
  for (const path of [image, initrd, order.folder]) expect(command).not.toContain(path)
  expect(advice).toContain('terminal_1 to ./terminal_1.log')
  const { stdout } = await execa('sh', ['-c', command], { cwd: folder })
  expect(stdout).toContain('first')
  expect(await readFile(join(folder, 'terminal_1.log'), 'utf8')).toBe('secure')
})
