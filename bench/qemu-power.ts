import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bareArguments } from '../targets/qemu/machine.ts'
import { powerQemu } from '../targets/qemu/power.ts'
import { bareGuest } from '../test/targets/qemu/bare-guest.ts'
import { spreadOf, type Spread } from './spread.ts'

/** Runs of a bare-metal guest in QEMU, in seconds. */
export interface QemuPower {
  bare: Spread
  adapter: Spread
  /** What each run by the adapter took longer than the bare one beside it. */
  overhead: Spread
  /** From the adapter's call until the machine stood still with every line attached. */
  powerUp: Spread
}

/** What the guest says on each UART, as much as TF-A, OP-TEE and a kernel do. */
const words = 'as much as real firmware and a kernel say \r\n'.repeat(400)

/**
 * Measures what powering a QEMU target costs: a guest that speaks on two UARTs and powers off, run bare and by the adapter by
 * turns, each first in every second round, so that both see the same load. Bare means QEMU with the same machine, each UART
 * read and thrown away: no pause, no QMP, no record channel, no files, no guard.
 * @param rounds pairs of runs
 */
export async function qemuPower(rounds: number): Promise<QemuPower> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  try {
    const machine = await bareGuest(folder, [{ on: 'uart0', say: words }, { on: 'uart1', say: words }, { end: 'off' }])
    const [bare, adapter, powerUp]: [number[], number[], number[]] = [[], [], []]
    const runs = [
      async () => void bare.push(await bareRun(machine)),
      async () => {
        const { whole, attached } = await adapterRun(machine, await mkdtemp(join(folder, 'attempt-')))
        adapter.push(whole)
        powerUp.push(attached)
      },
    ]
    // The first of each reads files from the disk that the others find in memory.
    for (const run of runs) await run()
    bare.length = adapter.length = powerUp.length = 0
    for (let round = 0; round < rounds; round++) for (const run of round % 2 ? runs.toReversed() : runs) await run()
    const overhead = adapter.map((seconds, round) => seconds - bare[round]!)
    return {
      bare: spreadOf(bare),
      adapter: spreadOf(adapter),
      overhead: spreadOf(overhead),
      powerUp: spreadOf(powerUp),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** @throws Error when not every byte came: then the time says nothing */
function requireAll(bytes: number): void {
  if (bytes !== 2 * words.length) throw new Error(`The guest said ${bytes} bytes in place of ${2 * words.length}.`)
}

async function bareRun(machine: string[]): Promise<number> {
  const start = performance.now()
  const uarts = [0, 1].flatMap((n) => ['-chardev', `socket,id=uart${n},fd=${3 + n}`, '-serial', `chardev:uart${n}`])
  const qemu = spawn('qemu-system-aarch64', [...bareArguments, ...machine, ...uarts], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
  })
  let bytes = 0
  for (const uart of [qemu.stdio[3], qemu.stdio[4]])
    (uart as Socket).on('data', (chunk: Buffer) => (bytes += chunk.length)).on('error', () => undefined)
  await once(qemu, 'close')
  requireAll(bytes)
  return (performance.now() - start) / 1000
}

async function adapterRun(machine: string[], folder: string): Promise<{ whole: number; attached: number }> {
  const start = performance.now()
  const claim = { fence: 1, token: 'hyplab-bench', hold: () => undefined, release: () => undefined }
  const powerUp = powerQemu({
    folder,
    machine,
    target: { kind: 'qemu', name: 'bench', cpu: 'max', smp: 1, memory: 64 },
    setup: { consoles: { uart0: ['EL3', 'NS'], uart1: ['S-EL1'] }, boot: 'kernel', bl33: 0, services: [] },
    files: { firmware: '', image: '', initrd: '' },
    cmdline: '',
  })
  const powered = await powerUp(claim, AbortSignal.timeout(60_000))
  const attached = (performance.now() - start) / 1000
  let bytes = 0
  for (const { stream } of powered.lines) stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  await powered.go()
  const { kind, reason } = await powered.ended
  await powered.askOff()
  if (kind !== 'power-off') throw new Error(`The guest did not come to its end: ${reason}`)
  requireAll(bytes)
  return { whole: (performance.now() - start) / 1000, attached }
}
