import type { RackPart } from './part.ts'

/** How long a part may take to end, milliseconds: all are killed, and a board's outlet waits for its machine. */
const usualPatienceMs = 20_000

/** The parts of a rack by name, each of which can be killed and started again while the others run. */
export class RackParts {
  readonly #running = new Map<string, RackPart>()
  readonly #starters = new Map<string, () => Promise<RackPart>>()

  readonly #patienceMs: number

  constructor(patienceMs = usualPatienceMs) {
    this.#patienceMs = patienceMs
  }

  /** Starts a part and keeps it. */
  async add<Part extends RackPart>(name: string, start: () => Promise<Part>): Promise<Part> {
    this.#starters.set(name, start)
    const part = await start()
    this.#running.set(name, part)
    return part
  }

  /** A part as it runs now; undefined while it is killed. */
  running(name: string): RackPart | undefined {
    return this.#running.get(name)
  }

  /** Kills a part; nothing happens when it is not running. */
  async kill(name: string): Promise<void> {
    const part = this.#running.get(name)
    this.#running.delete(name)
    await part?.stop()
  }

  /** Starts a part that was killed, as it was; nothing happens when it runs. */
  async revive(name: string): Promise<void> {
    if (this.#running.has(name)) return
    const start = this.#starters.get(name)
    if (!start) throw new Error(`the rack has no part ${name}`)
    this.#running.set(name, await start())
  }

  /**
   * Ends all of them, the last first; one that cannot be ended keeps none of the others.
   * @throws Error that says which could not be, a line each
   */
  async stopAll(): Promise<void> {
    const wrong: string[] = []
    for (const name of [...this.#running.keys()].reverse())
      await within(this.kill(name), this.#patienceMs).catch((error: Error) => wrong.push(`${name}: ${error.message}`))
    if (wrong.length > 0) throw new Error(wrong.join('\n'))
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`it did not end within ${ms / 1000} s`)), ms)
  try {
    await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
