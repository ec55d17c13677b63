import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { modelArguments } from '../targets/fvp/arguments.ts'
import { baseTerminals } from '../targets/fvp/base-model.ts'
import type { FvpRecipe } from '../targets/fvp/fvp-order.ts'
import { announcedIn } from '../targets/fvp/ports.ts'
import { powerFvp } from '../targets/fvp/power.ts'
import { bareFirmware } from '../test/targets/fvp/bare-firmware.ts'
import { standIn } from '../test/targets/fvp/stand-in.ts'
import { spreadOf, type Spread } from './spread.ts'

/** Boots of the FVP stand-in, in seconds. */
export interface FvpOverhead {
  bare: Spread
  adapter: Spread
  /** What each boot by the adapter took longer than the bare one beside it. */
  overhead: Spread
}

/** What the firmware says on each UART, as much as TF-A, OP-TEE and a kernel do. */
const words = 'as much as real firmware and a kernel say \r\n'.repeat(400)

/**
 * Measures what the adapter costs a boot: the stand-in booting firmware in QEMU, run bare and by the adapter by turns, each
 * first in every second round, so that both see the same load. Bare means started with the same arguments, each terminal read by
 * a connection and thrown away: no stop, no files, no guard.
 * @param rounds pairs of boots
 */
export async function fvpStandIn(rounds: number): Promise<FvpOverhead> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  try {
    const sayings = [
      { on: 0, say: words },
      { on: 1, say: words },
      { on: 0, say: 'end\r\n' },
    ] as const
    const recipe = await bareFirmware(folder, [...sayings], 'off')
    const expected = words.length * 2 + 'end\r\n'.length
    const [bare, adapter]: [number[], number[]] = [[], []]
    const boots = [
      async () => bare.push(await timed(() => bareBoot(recipe), expected)),
      async () => adapter.push(await timed(() => adapterBoot(recipe, folder), expected)),
    ]
    // The first of each reads files from the disk that the others find in memory.
    for (const boot of boots) await boot()
    bare.length = adapter.length = 0
    for (let round = 0; round < rounds; round++) for (const boot of round % 2 ? boots.toReversed() : boots) await boot()
    const overhead = adapter.map((seconds, round) => seconds - bare[round]!)
    return { bare: spreadOf(bare), adapter: spreadOf(adapter), overhead: spreadOf(overhead) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Seconds of a boot. @throws Error when not every byte came: then its time says nothing */
async function timed(boot: () => Promise<number>, expected: number): Promise<number> {
  const start = performance.now()
  const bytes = await boot()
  const seconds = (performance.now() - start) / 1000
  if (bytes !== expected) throw new Error(`A boot of the stand-in said ${bytes} bytes in place of ${expected}.`)
  return seconds
}

async function bareBoot(recipe: FvpRecipe): Promise<number> {
  const args = modelArguments(recipe, { parameters: {} }).arguments
  const model = spawn(standIn, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let bytes = 0
  const closed: Promise<unknown>[] = []
  createInterface(model.stdout).on('line', (line) => {
    const announced = announcedIn(line)
    if (!announced) return
    const terminal = connect(announced.port, '127.0.0.1')
    terminal.on('data', (chunk: Buffer) => (bytes += chunk.length))
    closed.push(once(terminal, 'close'))
  })
  await once(model, 'close')
  await Promise.all(closed)
  return bytes
}

async function adapterBoot(recipe: FvpRecipe, folder: string): Promise<number> {
  const attempt = await mkdtemp(join(folder, 'attempt-'))
  await mkdir(attempt, { recursive: true })
  const order = {
    folder: attempt,
    model: { binary: standIn, parameters: {} },
    recipe,
    terminals: baseTerminals.map((name) => ({ name, worlds: [] })),
  }
  const claim = { fence: 1, token: 'hyplab-bench', hold: () => undefined, release: () => undefined }
  const powered = await powerFvp(order)(claim, AbortSignal.timeout(60_000))
  let bytes = 0
  for (const { stream } of powered.lines) stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  await powered.go()
  const { kind, reason } = await powered.ended
  await powered.askOff()
  if (kind !== 'power-off') throw new Error(`A boot of the stand-in did not come to its end: ${reason}`)
  return bytes
}
