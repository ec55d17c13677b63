import { readdirSync } from 'node:fs'
import { chmod, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { encodeFrame, payloadOf } from '../../../domain/records/frame.ts'
import type { RecordBody } from '../../../domain/records/record.ts'
import { findProcesses, type ProcessSeen } from '../../../host/process-identity.ts'
import { bootQemu } from './boot-qemu.ts'
import type { BootProgress } from '../../../targets/boot-order.ts'
import type { QemuBoot } from './boot-qemu.ts'
import { qemu } from '../../../targets/qemu/machine.ts'
import { bareOrder } from './orders.ts'
import { tempFolder } from '../../host/temp-folder.ts'

const never = new AbortController().signal
const bl1 = 'NOTICE:  Booting Trusted Firmware\r\n'

/** Every process that has a file of this order open or named: guard, watcher, QEMU. */
function processesOf({ folder, machine }: QemuBoot): ProcessSeen[] {
  const guest = machine?.at(-1) ?? folder
  return findProcesses((seen) => seen.commandLine.includes(guest))
}

/** Nothing is left: no process, no socket, no draft; the claim is released. */
async function expectNothingLeft(order: QemuBoot, files = ['consoles', 'qemu.log']): Promise<void> {
  expect(processesOf(order)).toEqual([])
  expect((await readdir(order.folder)).toSorted()).toEqual(files)
  const claims = await readdir(order.place.folder)
  expect(claims).toEqual([`${order.place.fence}.0.claim`])
  expect(JSON.parse(await readFile(join(order.place.folder, claims[0]!), 'utf8'))).toMatchObject({ released: true })
}

function frame(sequence: number, body: RecordBody): string {
  return encodeFrame({ sequence, payload: payloadOf(body) })
}
const hello = frame(1, { fact: 'hello', init: 'test', release: '0', machine: 'aarch64', channel: '/dev/console' })
const mount = frame(2, { fact: 'mount', what: 'proc', rc: 0 })
const end = frame(3, { fact: 'end', records: 3 })

vi.setConfig({ testTimeout: 60_000 })
afterEach(() => vi.unstubAllEnvs())

function signalQemu(order: QemuBoot, signal: NodeJS.Signals): void {
  for (const { pid, commandLine } of processesOf(order)) if (commandLine.startsWith(qemu)) process.kill(pid, signal)
}

test('a target that says more on a console than its plan allows is powered off, and the end says which console', async () => {
  const order = await bareOrder([{ say: bl1 }, { say: 'x'.repeat(1000), times: 500 }, { end: 'sleep' }])
  const booted = await bootQemu({ ...order, limits: { ...order.limits, console: 64 * 1024 } }, {}, never)
  expect(booted.host).toEqual({
    stop: 'flood',
    stage: 'bl1',
    flooded: 'uart0',
    reason: 'Stage bl1: uart0 said more than 0.1 MiB (limits: console of the plan); the target was powered off.',
  })
  const [uart0] = booted.consoles
  expect(uart0!.bytes).toBeGreaterThan(64 * 1024)
  expect(await readFile(uart0!.rawPath)).toHaveLength(uart0!.bytes)
})

test('a guest that powers off by itself', async () => {
  const order = await bareOrder([{ say: bl1 }, { say: 'kept' }, { end: 'off' }])
  const reached: string[] = []
  const progress: BootProgress[] = []
  const booted = await bootQemu(
    order,
    { reached: ({ stage }) => reached.push(stage), progress: (now) => progress.push(now) },
    never,
  )
  expect(booted.host).toEqual({ stop: 'power-off', reason: '', stage: 'off' })
  expect(reached).toEqual(['bl1', 'off'])
  expect(await readFile(booted.consoles[0]!.rawPath, 'utf8')).toBe(`${bl1}kept`)
  const bytes = bl1.length + 4
  expect(progress.at(-1)).toEqual({ stage: 'off', bytes, channels: { uart0: bytes } })
  expect(progress.map((one) => one.bytes)).toEqual(progress.map((one) => one.bytes).toSorted((a, b) => a - b))
  expect(Object.keys(booted.pace.stages)).toEqual(['power', 'bl1'])
  const stages = Object.values(booted.pace.stages).reduce((sum, seconds) => sum + seconds, 0)
  expect(stages).toBeGreaterThan(0)
  expect(stages).toBeLessThanOrEqual(booted.seconds)
  await expectNothingLeft(order)
})

test('a reset powers off, and the end says that it was one', async () => {
  const booted = await bootQemu(await bareOrder([{ say: 'x' }, { end: 'reset' }]), {}, never)
  expect(booted.host).toMatchObject({ stop: 'power-off', reason: expect.stringContaining('reset'), stage: 'off' })
})

test('a silent guest: the end says which stage was silent, for how long, and who spoke last', async () => {
  const order = await bareOrder([{ say: bl1 }, { say: 'secure', on: 'uart1', times: 1000 }, { end: 'sleep' }], 1)
  const booted = await bootQemu(order, {}, never)
  expect(booted.host.stop).toBe('silence')
  expect(booted.host.reason).toMatch(
    /^Stage bl1: nothing was said for [\d.]+ s \(limit 1 s\); S-EL1 on uart1 spoke last\.$/,
  )
  expect(booted.host.stage).toBe('bl1')
  expect(booted.seconds).toBeGreaterThanOrEqual(1)
  expect(booted.pace.silences.bl1 ?? 0).toBeLessThan(1)
  expect(booted.consoles.map(({ bytes }) => bytes)).toEqual([bl1.length, 6000])
  await expectNothingLeft(order)
})

test('a guest that never says a word', async () => {
  const booted = await bootQemu(await bareOrder([{ end: 'sleep' }], 0.2), {}, never)
  expect(booted.host).toMatchObject({
    stop: 'silence',
    reason: expect.stringContaining('no world has said anything at all'),
  })
})

test('a host that was slow before gives a silent guest more time', async () => {
  const order = await bareOrder([{ say: 'x' }, { end: 'sleep' }], 0.1)
  const booted = await bootQemu({ ...order, history: { silences: { power: 0.1 }, stages: {} } }, {}, never)
  expect(booted.host.reason).toContain('(limit 0.6 s)')
  expect(booted.seconds).toBeGreaterThanOrEqual(0.6)
})

test('a guest that floods its console for ever in one stage is not silent, but makes no progress', async () => {
  const order = await bareOrder([{ say: `${bl1}more and more\n` }, { end: 'again' }], 0.5)
  const booted = await bootQemu(order, {}, never)
  expect(booted.host.stop).toBe('silence')
  expect(booted.host.reason).toMatch(
    /^Stage bl1: no later stage was reached in [\d.]+ s .*although there was output; EL3 on uart0 spoke last\.$/,
  )
  expect(booted.consoles[0]!.bytes).toBeGreaterThan(10_000)
  await expectNothingLeft(order)
})

test('records come over the boot console where there is no other channel: a damaged one is asked for again', async () => {
  const cut = mount.replace('"proc"', '"pr[    1.0] printk\n')
  const order = await bareOrder([
    { say: `boot\n${hello}${cut}${end}` },
    { hear: 1 },
    { say: `\n${mount}${end}` },
    { hear: 1 },
    { end: 'off' },
  ])
  const booted = await bootQemu(order, {}, never)
  expect(booted.host).toEqual({ stop: 'power-off', reason: '', stage: 'off' })
  expect(booted.records.map(({ sequence, body }) => [sequence, body.fact])).toEqual([
    [1, 'hello'],
    [2, 'mount'],
    [3, 'end'],
  ])
  expect(booted.exchange).toMatchObject({ channel: 'uart0', complete: true, missing: [], damaged: 1, rejected: [] })
})

test('a guest that does not go off after its last record is asked off, and that is no hang', async () => {
  const order = await bareOrder([{ say: `${hello}${mount}${end}` }, { hear: 1 }, { end: 'sleep' }], 1)
  const booted = await bootQemu(order, {}, never)
  expect(booted.host.stop).toBe('asked-off')
  expect(booted.host.reason).toMatch(
    /^After its last record the target did not power off by itself\. Stage init: .*NS on uart0/,
  )
  expect(booted.records).toHaveLength(3)
  await expectNothingLeft(order)
})

test('a QEMU that does not obey is ended by force', async () => {
  const said = `${hello}${mount}${end}`
  const order = await bareOrder([{ say: said }, { end: 'sleep' }], 1)
  const stall = ({ bytes }: BootProgress): void => {
    if (bytes === said.length) signalQemu(order, 'SIGSTOP')
  }
  const booted = await bootQemu(order, { progress: stall }, never)
  expect(booted.host.stop).toBe('forced')
  expect(booted.consoles[0]!.bytes).toBe(said.length)
  await expectNothingLeft(order)
})

test('cancel powers off at once, keeps what was said, and leaves nothing', async () => {
  const order = await bareOrder([{ say: bl1 }, { end: 'sleep' }])
  const cancel = new AbortController()
  const booted = await bootQemu(order, { reached: () => cancel.abort() }, cancel.signal)
  expect(booted.host).toMatchObject({ stop: 'cancelled', stage: 'bl1' })
  expect(booted.consoles[0]!.bytes).toBe(bl1.length)
  await expectNothingLeft(order)
})

test('a boot that was cancelled before it began starts nothing', async () => {
  const order = await bareOrder([{ end: 'sleep' }])
  await expect(bootQemu(order, {}, AbortSignal.abort(new Error('not wanted')))).rejects.toThrow('not wanted')
  expect(await readdir(order.folder)).toEqual([])
})

test('a QEMU that dies in mid-boot is lost, with what was said until then', async () => {
  const order = await bareOrder([{ say: bl1 }, { end: 'sleep' }])
  const booted = await bootQemu(order, { reached: () => signalQemu(order, 'SIGKILL') }, never)
  expect(booted.host).toMatchObject({ stop: 'lost', stage: 'bl1', reason: expect.stringContaining('code 137') })
  expect(booted.consoles[0]!.bytes).toBe(bl1.length)
  await expectNothingLeft(order)
})

test('a second attempt with a newer fence takes the place: the first is lost and nothing of it runs', async () => {
  const first = await bareOrder([{ say: bl1 }, { end: 'sleep' }])
  const second = await bareOrder([{ end: 'off' }])
  const place = { folder: first.place.folder, fence: 2, owner: 'second' }
  let booting: Promise<unknown> | undefined
  const booted = await bootQemu(
    first,
    { reached: () => void (booting = bootQemu({ ...second, place }, {}, never)) },
    never,
  )
  expect(booted.host.stop).toBe('lost')
  await expect(booting).resolves.toMatchObject({ host: { stop: 'power-off' } })
  await expect(bootQemu({ ...second, place: { ...place, fence: 1 } }, {}, never)).rejects.toMatchObject({
    code: 'StaleFence',
  })
})

test('a reader that throws ends the boot with its error and leaves nothing', async () => {
  const order = await bareOrder([{ say: bl1 }, { end: 'sleep' }])
  const watch = {
    reached: () => {
      throw new Error('watch is broken')
    },
  }
  await expect(bootQemu(order, watch, never)).rejects.toThrow('watch is broken')
  await expectNothingLeft(order)
})

test('an attempt’s folder is used once', async () => {
  const order = await bareOrder([{ end: 'off' }])
  await bootQemu(order, {}, never)
  const again = { ...order, place: { ...order.place, fence: 2 } }
  await expect(bootQemu(again, {}, never)).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringContaining('another attempt'),
  })
})

test('QEMU’s own words are told when it refuses its machine', async () => {
  const order = await bareOrder([{ end: 'off' }])
  const machine = ['-machine', 'no-such-machine']
  await expect(bootQemu({ ...order, machine }, {}, never)).rejects.toMatchObject({
    code: 'TargetBroken',
    message: expect.stringContaining('unsupported machine type: "no-such-machine"'),
  })
  await expectNothingLeft({ ...order, machine }, ['qemu.log'])
})

test('a missing QEMU is one clear sentence', async () => {
  const order = await bareOrder([{ end: 'off' }])
  vi.stubEnv('PATH', '/hyplab-no-such-folder')
  await expect(bootQemu(order, {}, never)).rejects.toMatchObject({
    code: 'TargetBroken',
    message: expect.stringMatching(/^qemu-system-aarch64 could not be started \(.*not found\): install it/),
  })
})

test('firmware that is not there or is no file that QEMU can load', async () => {
  const { machine: _, ...order } = await bareOrder([])
  const folder = await tempFolder()
  const files = { firmware: join(folder, 'fw.bios'), image: join(folder, 'Image'), initrd: join(folder, 'initrd') }
  await writeFile(files.image, 'image')
  await writeFile(files.initrd, 'initrd')
  const target = { ...order.target, memory: 2048 }
  const missing = {
    code: 'TargetBroken',
    message: `The target has no firmware: ${files.firmware} cannot be read. Build it again.`,
  }
  await expect(bootQemu({ ...order, target, files }, {}, never)).rejects.toMatchObject(missing)
  expect(readdirSync(order.folder)).toEqual([])
  // Larger than the flash bank of 64 MiB: QEMU refuses it.
  await writeFile(files.firmware, Buffer.alloc(65 * 1024 * 1024))
  await chmod(files.firmware, 0o400)
  await expect(bootQemu({ ...order, target, files }, {}, never)).rejects.toMatchObject({
    code: 'TargetBroken',
    message: expect.stringMatching(/QEMU ended before the target was powered on: .*fw\.bios/),
  })
})
