/** What the stand-in does as Arm's model does it, or as somebody has to guess that it does: docs/fvp.md says which. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { findProcesses } from '../../../host/process-identity.ts'
import { run } from '../../../host/run.ts'
import { startGuarded, type GuardedProcess } from '../../../host/guarded-process.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { allBytes, Heard, script, standIn } from './stand-in.ts'

vi.setConfig({ testTimeout: 30_000 })
afterEach(() => vi.unstubAllEnvs())

interface Running {
  model: GuardedProcess
  printed: Heard
  /** Connects to a terminal by the port that was announced. */
  terminal: (n: number) => Promise<{ socket: Socket; heard: Heard }>
}

const off = ['-C', 'bp.ve_sysregs.exit_on_shutdown=1']
const raw = ['-C', 'bp.terminal_0.mode=raw', '-C', 'bp.terminal_1.mode=raw']

async function start(...args: string[]): Promise<Running> {
  const model = startGuarded('env', ['--default-signal=INT', standIn, ...args])
  onTestFinished(() => model.kill('SIGKILL'))
  const printed = new Heard(model.child.stdout!)
  await printed.says('terminal_3: Listening')
  return {
    model,
    printed,
    terminal: async (n) => {
      await printed.says('\n')
      const port = Number(new RegExp(`terminal_${n}: .* (\\d+)\n`).exec(printed.text())![1])
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return { socket, heard: new Heard(socket) }
    },
  }
}

test.each([
  ['an option that it does not know', ['--nonsense']],
  ['an option without its value', ['-C']],
  ['a parameter without a value', ['-C', 'bp.secure_memory']],
  ['a parameter of no CPU that it has', ['-C', 'cluster2.NUM_CORES=1']],
  ['a number that is none', ['-C', 'bp.dram_size=much']],
  ['a switch that is neither on nor off', ['-C', 'bp.secure_memory=2']],
  ['data without an address', ['--data', 'cluster0.cpu0=/etc/passwd']],
  ['data for no CPU that it has', ['--data', `cluster9.cpu0=${standIn}@0x80000000`]],
  ['data that is not there', ['--data', '/nowhere@0x80000000']],
  ['an application', ['-a', 'cluster0.cpu0=/bin/true']],
])('%s ends it with code 1 and a complaint, before any port is there', async (_, args) => {
  const { code, stdout, stderr } = await run(standIn, args)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^\nError: \S/)
})

test.each([
  ['-C', 'bp.ve_sysregs.exit_on_shutdown=1'],
  ['-Cbp.ve_sysregs.exit_on_shutdown=true'],
  ['--parameter', 'FVP_Base_RevC_2xAEMvA.bp.ve_sysregs.exit_on_shutdown=0x1'],
  ['--parameter=bp.ve_sysregs.exit_on_shutdown=1'],
])('a parameter can be written in several ways: %s %s', async (...words) => {
  await script([{ end: 'off' }])
  expect(await run(standIn, words)).toMatchObject({ code: 0, stderr: expect.stringContaining('xterm') })
})

test('in telnet mode, its own, a terminal begins with five commands of three bytes and doubles 0xFF, both ways', async () => {
  await script([{ hear: 1 }, { bytes: allBytes }, { echo: 1 }, { end: 'off' }])
  const { model, terminal } = await start(...off)
  const { socket, heard } = await terminal(0)
  socket.write(Buffer.from([255, 253, 3, 255, 250, 24, 0, 255, 240, 10]))
  socket.write(Buffer.from([1, 255, 255, 2, 10]))
  expect(await model.ended).toEqual({ code: 0 })
  await heard.closed
  const bytes = heard.bytes()
  expect([...bytes.subarray(0, 15)].filter((_, n) => n % 3 === 0)).toEqual([255, 255, 255, 255, 255])
  const doubled = (data: number[]): number[] => data.flatMap((byte) => (byte === 255 ? [255, 255] : [byte]))
  expect([...bytes.subarray(15)]).toEqual(doubled([...allBytes, 1, 255, 2, 10]))
})

test('without exit_on_shutdown a target that is off does not end it', async () => {
  await script([{ say: 'off' }, { end: 'off' }])
  const { model, terminal } = await start(...raw)
  const { heard } = await terminal(0)
  await heard.says('off')
  const later = new Promise((resolve) => setTimeout(() => resolve('runs on'), 500))
  expect(await Promise.race([model.ended, later])).toBe('runs on')
})

test('a shutdown tag ends it, in whatever pieces it comes; so does an end of transmission', async () => {
  await script([{ say: 'all do' }, { wait: 0.1 }, { say: 'ne, and more' }, { end: 'sleep' }])
  const tag = await start(...raw, '-C', 'bp.pl011_uart0.shutdown_tag=all done')
  expect(await tag.model.ended).toEqual({ code: 0 })
  await script([{ bytes: [4], on: 1 }, { end: 'sleep' }])
  const eot = await start(...raw, '-C', 'bp.pl011_uart1.shutdown_on_eot=1')
  expect(await eot.model.ended).toEqual({ code: 0 })
})

test('a limit ends it, says which, and is no fault', async () => {
  await script([{ end: 'sleep' }])
  const { model, printed } = await start(...raw, '--timelimit', '0.3', '--stat')
  expect(await model.ended).toEqual({ code: 0 })
  expect(printed.text()).toMatch(
    /Simulation is stopping\. Reason: CPU time has been exceeded\.\n[^]*statistics[^]*Wall time/,
  )
})

test('with a debug server it waits for a debugger, unless it is told to run', async () => {
  await script([{ say: 'ran' }, { end: 'off' }])
  const waits = await start(...off, ...raw, '-I')
  const { heard } = await waits.terminal(0)
  await waits.printed.says('Iris server started listening')
  const later = new Promise((resolve) => setTimeout(() => resolve('waits'), 500))
  expect(await Promise.race([waits.model.ended, later])).toBe('waits')
  expect(heard.text()).toBe('')
  const runs = await start(...off, ...raw, '-IR')
  expect(await runs.model.ended).toEqual({ code: 0 })
})

test.each([
  ['lose', 'late'],
  ['buffer', 'early late'],
  ['stall', 'early late'],
])('what a UART says while nobody is connected is for the asker to choose: %s', async (way, heardText) => {
  await script([{ say: 'early ' }, { hear: 1, on: 1 }, { say: 'late' }, { end: 'off' }], `no-client:${way}`)
  const file = join(await tempFolder(), 'uart0.log')
  const { model, terminal } = await start(...off, ...raw, '-C', `bp.pl011_uart0.out_file=${file}`)
  // A UART that is stalled is not even looked at.
  if (way !== 'stall') await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toBe('early '))
  const { heard } = await terminal(0)
  const { socket } = await terminal(1)
  socket.write('\n')
  expect(await model.ended).toEqual({ code: 0 })
  await heard.closed
  expect(heard.text()).toBe(heardText)
})

test('a UART that is stalled stops the target', async () => {
  await script([{ say: 'x', times: 200_000 }, { end: 'off' }], 'no-client:stall')
  const { model, terminal } = await start(...off, ...raw)
  const later = new Promise((resolve) => setTimeout(() => resolve('stands'), 700))
  expect(await Promise.race([model.ended, later])).toBe('stands')
  const { heard } = await terminal(0)
  expect(await model.ended).toEqual({ code: 0 })
  await heard.closed
  expect(heard.bytes().length).toBe(200_000)
})

test('a second client of a terminal is turned away', async () => {
  await script([{ hear: 1 }, { say: 'to the first' }, { end: 'off' }])
  const { model, terminal } = await start(...off, ...raw)
  const first = await terminal(0)
  const second = await terminal(0)
  await second.heard.closed
  first.socket.write('\n')
  await model.ended
  expect([first.heard.text(), second.heard.text()]).toEqual(['to the first', ''])
})

test('what a UART says goes to a file, too, where that is asked for', async () => {
  await script([{ hear: 1 }, { say: 'kept' }, { end: 'off' }])
  const file = join(await tempFolder(), 'uart0.log')
  const { model, terminal } = await start(...off, ...raw, '-C', `bp.pl011_uart0.out_file=${file}`)
  const { heard, socket } = await terminal(0)
  socket.write('\n')
  await model.ended
  await heard.closed
  expect([heard.text(), await readFile(file, 'utf8')]).toEqual(['kept', 'kept'])
})

test('faults come when they are asked for', async () => {
  await script([{ say: 'x', times: 100_000 }, { end: 'sleep' }], 'crash:0.3')
  expect(await (await start(...raw)).model.ended).toEqual({ code: 128 + 11 })

  await script([{ hear: 1, on: 1 }, { say: 'unheard' }, { say: 'heard', on: 1 }, { end: 'off' }], 'silent:0')
  const silent = await start(...off, ...raw)
  const both = [await silent.terminal(0), await silent.terminal(1)]
  both[1]!.socket.write('\n')
  await silent.model.ended
  await Promise.all(both.map(({ heard }) => heard.closed))
  expect(both.map(({ heard }) => heard.text())).toEqual(['', 'heard'])

  await script([{ end: 'sleep' }], 'hang:0.1')
  const { model } = await start(...raw)
  const states = (): string[] =>
    findProcesses(({ pgid, commandLine }) => pgid === model.pgid && commandLine.startsWith('/usr/bin/python3')).map(
      ({ pid }) => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]![0]!,
    )
  // The model and what it simulates; what stops the one with the other goes on.
  await vi.waitFor(() => expect(states().filter((state) => state === 'T')).toHaveLength(2))
})
