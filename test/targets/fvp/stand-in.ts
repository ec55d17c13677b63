import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { expect, onTestFinished, vi } from 'vitest'
import type { PlaceClaim } from '../../../host/claim.ts'
import { findProcesses, type ProcessSeen } from '../../../host/process-identity.ts'
import type { FvpOrder } from '../../../targets/fvp/fvp-order.ts'
import { powerFvp } from '../../../targets/fvp/power.ts'
import type { HostLink } from '../../../targets/hosts/host-link.ts'
import type { Powered } from '../../../targets/powered.ts'
import { tempFolder } from '../../host/temp-folder.ts'

/** The stand-in for Arm's model: its command line, lines, ports, signals and ends are those of the real one. */
export const standIn = join(import.meta.dirname, '../../stand-ins/fvp/FVP_Base_RevC-2xAEMvA')

/** A step of a script that the stand-in can simulate in place of a machine; `on` is the UART, 0 to 3. */
export type Step =
  | { say: string; on?: number; times?: number }
  | { bytes: number[]; on?: number; times?: number }
  | { hear: number; on?: number }
  | { echo: number; on?: number }
  | { take: number; on?: number }
  | { wait: number }
  | { end: 'off' | 'crash' | 'sleep' }

/** Every byte value once. */
export const allBytes = Array.from({ length: 256 }, (_, n) => n)

export const never = new AbortController().signal

/** Order of an attempt on the stand-in, in a folder of its own. */
export async function standInOrder(changes: Partial<FvpOrder> = {}): Promise<FvpOrder> {
  return {
    folder: await tempFolder(),
    model: { binary: standIn, parameters: {} },
    recipe: { parameters: {}, data: [] },
    terminals: [
      { name: 'terminal_0', worlds: ['EL3', 'NS'] },
      { name: 'terminal_1', worlds: ['S-EL1'] },
    ],
    ...changes,
  }
}

/** Seconds that the stand-in loads before its script runs, as a model does for longer: on a busy host it ended before we came. */
const usualLoad = 0.5

/** Has the stand-in simulate a script, and grants it other wishes (test/stand-ins/fvp/standin.py). */
export async function script(steps: Step[], ...wishes: string[]): Promise<void> {
  const folder = await tempFolder()
  const file = join(folder, 'script.json')
  await mkdir(folder, { recursive: true })
  await writeFile(file, JSON.stringify(steps))
  const loads = wishes.some((wish) => wish.startsWith('loads:')) ? [] : [`loads:${usualLoad}`]
  vi.stubEnv('FVP_STANDIN', [`script:${file}`, ...loads, ...wishes].join(','))
}

/** Powers a stand-in up; it is off at the latest when the test has finished. */
export async function powerUp(order: FvpOrder, signal = never, link?: HostLink): Promise<Attempt> {
  const claim = new TestClaim()
  const powered = await powerFvp(order, link)(claim, signal)
  onTestFinished(() => powered.forceOff())
  return { powered, claim, heard: powered.lines.map(({ stream }) => new Heard(stream)) }
}

export interface Attempt {
  powered: Powered
  claim: TestClaim
  /** What each line says, in the order of the lines. */
  heard: Heard[]
}

/** The right to a place that nobody else wants. */
export class TestClaim implements PlaceClaim {
  readonly fence = 1
  readonly token = `hyplab-test-${randomUUID()}`
  held: number | undefined

  hold(pgid: number): void {
    this.held = pgid
  }

  release(): void {}

  /** Every process of the group that was started for it. */
  processes(): ProcessSeen[] {
    return findProcesses(({ pgid, commandLine }) => pgid === this.held || commandLine.includes(this.token))
  }

  /** The model itself: what it has started came later. */
  model(): ProcessSeen {
    const models = this.processes().filter(({ commandLine }) => commandLine.startsWith('/usr/bin/python3'))
    return models.toSorted((a, b) => a.pid - b.pid)[0]!
  }

  /** Resolves when the model stands still, which it does at the latest when it would run its next instruction. */
  async stopped(): Promise<void> {
    const { pid } = this.model()
    await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toMatch(/\) T /))
  }

  /** Resolves when nothing is left of it; what was killed needs a moment to die. */
  async gone(): Promise<void> {
    await vi.waitFor(() => expect(this.processes()).toEqual([]))
  }
}

/** What a line has said. */
export class Heard {
  readonly #chunks: Buffer[] = []
  readonly #waiting = new Set<() => void>()
  readonly closed: Promise<void>

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      for (const look of this.#waiting) look()
    })
    stream.on('error', () => undefined)
    this.closed = new Promise((resolve) => stream.once('close', () => resolve()))
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  text(): string {
    return this.bytes().toString('latin1')
  }

  /** Resolves when it has said that. */
  async says(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.text().includes(text)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}
