import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'
import { findProcesses } from '../../../host/process-identity.ts'
import { findTable } from '../../../targets/qemu/acpi-tables.ts'
import { bootQemu } from './boot-qemu.ts'
import { filesOfAttempt } from '../../../targets/kept-files.ts'
import type { QemuBoot } from './boot-qemu.ts'
import { qemu } from '../../../targets/qemu/machine.ts'
import { awaited } from '../../e2e/processes.ts'
import { awaitGone } from '../../host/await-gone.ts'
import { tisIdentity, tpmOrder } from './orders.ts'

vi.setConfig({ testTimeout: 60_000 })
const never = new AbortController().signal
const bl1 = 'NOTICE:  Booting Trusted Firmware\r\n'

/** Everything that runs for an order; the attempt's folder stands on each command line. */
function processesOf({ folder }: QemuBoot) {
  return findProcesses(({ commandLine }) => commandLine.includes(dirname(folder)))
}

/** A killed process is seen for as long as its memory takes to be freed, which nothing tells of. */
async function allGone(order: QemuBoot): Promise<void> {
  await awaited('everything has gone', 60, () => (processesOf(order).length === 0 ? true : undefined))
}

/** A PATH on which a command is this script, or is missing. */
async function pathWith(order: QemuBoot, command: string, script?: string): Promise<void> {
  const folder = join(dirname(order.folder), 'bin')
  await mkdir(folder)
  if (script !== undefined) {
    await writeFile(join(folder, command), script)
    await chmod(join(folder, command), 0o755)
  }
  vi.stubEnv('PATH', script === undefined ? folder : `${folder}:${process.env['PATH']}`)
}

test('the machine has a TPM at the usual place and memory to share, and the attempt keeps what it was told of it', async () => {
  const order = await tpmOrder([{ say: bl1 }, { peek: tisIdentity }, { peek: 0xc000_0000 }, { end: 'sleep' }], 1)
  const booted = await bootQemu(order, {}, never)
  expect(await readFile(booted.consoles[0]!.rawPath, 'utf8')).toBe(`${bl1}00011014\n00000000\n`)
  expect(booted.host.stop).toBe('silence')
  await allGone(order)
  const kept = new Map(filesOfAttempt(order.folder).map(({ name, path }) => [name, path]))
  expect([...kept.keys()]).toEqual(expect.arrayContaining(['acpi/DSDT', 'acpi/TPM2', 'swtpm.log']))
  // What QEMU asks first, by the control channel: the TPM's capabilities (CMD_GET_CAPABILITY, tpm_ioctl.h).
  expect(await readFile(kept.get('swtpm.log')!, 'utf8')).toMatch(/Ctrl Cmd: length 4\n 00 00 00 01/)
  expect(await readFile(join(order.folder, 'tpm/setup.log'), 'utf8')).toMatch(/activated PCR banks sha256 among/)
  const dsdt = await readFile(kept.get('acpi/DSDT')!)
  expect(dsdt.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0)
  expect(findTable(dsdt, 'DSDT')).toEqual(dsdt)
  // QEMU's own devices are still there, and the TPM once.
  expect(
    dsdt
      .toString('latin1')
      .match(/TPM0|COM0|FWCF/g)!
      .toSorted(),
  ).toEqual(['COM0', 'FWCF', 'TPM0'])
})

test('a TPM that dies in mid-boot ends it as lost, and says so', async () => {
  const order = await tpmOrder([{ say: bl1 }, { end: 'sleep' }])
  const kill = (): void => {
    const [swtpm] = processesOf(order).filter(({ commandLine }) => commandLine.startsWith('swtpm socket'))
    process.kill(swtpm!.pid, 'SIGKILL')
  }
  const booted = await bootQemu(order, { reached: ({ stage }) => stage === 'bl1' && kill() }, never)
  expect(booted.host).toMatchObject({
    stop: 'lost',
    reason: expect.stringMatching(/^The TPM emulator swtpm ended before its machine did \(code 137\)/),
  })
  expect(await readFile(booted.consoles[0]!.rawPath, 'utf8')).toBe(bl1)
  await allGone(order)
})

test('a QEMU that dies in mid-boot is not blamed on the TPM', async () => {
  const order = await tpmOrder([{ say: bl1 }, { end: 'sleep' }])
  const kill = (): void => {
    for (const { pid, commandLine } of processesOf(order))
      if (commandLine.startsWith(qemu)) process.kill(pid, 'SIGKILL')
  }
  const booted = await bootQemu(order, { reached: ({ stage }) => stage === 'bl1' && kill() }, never)
  expect(booted.host).toMatchObject({ stop: 'lost', reason: expect.stringMatching(/^QEMU ended with code 137/) })
  await allGone(order)
})

test('cancel while the TPM is made, and in mid-boot: nothing is left', async () => {
  const early = await tpmOrder([{ end: 'sleep' }])
  await pathWith(early, 'swtpm_setup', '#!/bin/sh\nexec sleep 1000\n')
  const cancelled = new Error('cancelled')
  const abort = new AbortController()
  const booting = bootQemu(early, {}, abort.signal)
  await vi.waitFor(() => expect(processesOf(early).length).toBeGreaterThan(0))
  abort.abort(cancelled)
  await expect(booting).rejects.toBe(cancelled)
  await allGone(early)
  vi.unstubAllEnvs()

  const late = await tpmOrder([{ say: bl1 }, { end: 'sleep' }])
  const power = new AbortController()
  const booted = await bootQemu(late, { reached: ({ stage }) => stage === 'bl1' && power.abort() }, power.signal)
  expect(booted.host.stop).toBe('cancelled')
  await allGone(late)
})

test.each([
  ['swtpm_setup', 'swtpm_setup could not make a TPM (it is not installed', undefined],
  ['swtpm_setup', 'swtpm_setup could not make a TPM (code 3): no room here', '#!/bin/sh\necho no room here; exit 3\n'],
  [
    'swtpm',
    'The TPM emulator swtpm ended before its machine did (code 1): no state',
    '#!/bin/sh\ncase "$*" in *level=5*) echo no state; exit 1;; esac\nexec /usr/bin/swtpm "$@"\n',
  ],
])('a %s that does not work breaks the target in one sentence: %s', async (command, sentence, script) => {
  const order = await tpmOrder([{ end: 'sleep' }])
  await pathWith(order, command, script)
  await expect(bootQemu(order, {}, never)).rejects.toMatchObject({
    code: 'TargetBroken',
    message: expect.stringContaining(sentence),
  })
  vi.unstubAllEnvs()
  await allGone(order)
})

test.each([
  ['swtpm_setup', '#!/bin/sh\nkill -9 $$\n'],
  ['swtpm', '#!/bin/sh\ncase "$*" in *level=5*) kill -9 $$;; esac\nexec /usr/bin/swtpm "$@"\n'],
])('a %s that is killed before the machine runs may live the next time', async (command, script) => {
  const order = await tpmOrder([{ end: 'sleep' }])
  await pathWith(order, command, script)
  await expect(bootQemu(order, {}, never)).rejects.toMatchObject({ code: 'TargetBroken', retryable: true })
  vi.unstubAllEnvs()
  await allGone(order)
})

test('a folder that holds another attempt, or another TPM, is refused, and nothing is left running', async () => {
  const order = await tpmOrder([{ end: 'sleep' }])
  await mkdir(join(order.folder, 'consoles'))
  await expect(bootQemu(order, {}, never)).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringContaining('it holds the consoles of another attempt'),
  })
  await rm(join(order.folder, 'consoles'), { recursive: true })
  await mkdir(join(order.folder, 'tpm'))
  await expect(bootQemu({ ...order, place: { ...order.place, fence: 2 } }, {}, never)).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringContaining('No TPM can be made'),
  })
  await allGone(order)
})

test('kill -9 of the owner in mid-boot: the TPM goes too', async () => {
  const order = await tpmOrder([{ say: bl1 }, { end: 'sleep' }], 600)
  const file = join(dirname(order.folder), 'order.json')
  await writeFile(file, JSON.stringify(order))
  const source = `
    import { readFileSync } from 'node:fs'
    import { bootQemu } from ${JSON.stringify(join(import.meta.dirname, 'boot-qemu.ts'))}
    const order = JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8'))
    await bootQemu(order, { reached: ({ stage }) => console.log(stage) }, new AbortController().signal)
  `
  const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(createInterface(owner.stdout!), 'line')
  const running = processesOf(order).filter(({ pid }) => pid !== owner.pid)
  const commands = running.map(({ commandLine }) => commandLine.split(' ')[0]!).toSorted()
  expect(commands).toEqual(['/bin/sh', '/bin/sh', '/bin/sh', '/bin/sh', qemu, 'swtpm'])
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await Promise.all(running.map((one) => awaitGone(one, 5)))
})
