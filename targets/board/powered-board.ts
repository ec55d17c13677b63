import type { LabPlace } from '../../domain/lab/inventory.ts'
import { LineReader } from '../../domain/console/line-reader.ts'
import type { Line, Powered, TargetEnd } from '../powered.ts'
import { isConsole, recordChannel, speaksNormalWorld } from '../lines.ts'
import { inSeconds } from '../stop-sentence.ts'
import type { ConsoleLine } from './console/console-source.ts'
import { endWords } from './end-words.ts'
import type { OutletState } from './power/power.ts'

/** A console of a board that is attached. */
export interface Attached {
  name: string
  worlds: Line['worlds']
  line: ConsoleLine
}

/** What switches a board, and what makes it start the kernel once it runs. */
export interface BoardPower {
  on(): Promise<void>
  /** Off, as far as the outlet can tell. @returns false when it cannot: then only silent consoles tell */
  off(): Promise<boolean>
  /** What the outlet says of itself. */
  state(): Promise<OutletState>
  /** Has the boot loader start the kernel, where it has to be told; resolves with what firmware did instead, if anything. */
  start?(console: ConsoleLine, signal: AbortSignal): Promise<string | undefined>
}

/**
 * A board is silent when it said nothing for so long after its power was cut, milliseconds: what servers hold has come then. One
 * that has powered itself off says no more until the cut: there it goes from its last byte.
 */
const drainMs = 150
/** However long a board goes on talking after its power was cut, milliseconds. */
const longestDrainMs = 10_000

/**
 * A board with its consoles attached and its power off. It runs until it says that it is done, which cuts no power by itself;
 * or until a console server, the boot loader's dialogue or a board that says nothing at all ends the attempt.
 */
export class PoweredBoard implements Powered {
  readonly lines: Line[]
  readonly ended: Promise<TargetEnd>
  readonly ownClock = true
  readonly #place: LabPlace
  readonly #consoles: Attached[]
  readonly #power: BoardPower
  readonly #end = Promise.withResolvers<TargetEnd>()
  readonly #over = new AbortController()
  #heardAt = 0
  #isDone = false
  #firstByte: NodeJS.Timeout | undefined
  #off: Promise<void> | undefined

  constructor(place: LabPlace, consoles: Attached[], power: BoardPower) {
    this.#place = place
    this.#consoles = consoles
    this.#power = power
    this.ended = this.#end.promise
    this.lines = consoles.map(({ name, worlds, line }) => ({
      name: worlds.length > 0 ? name : recordChannel,
      worlds,
      stream: line.stream,
    }))
    for (const console of consoles) this.#listen(console)
  }

  async go(): Promise<void> {
    // Before the power: a boot loader waits for nobody.
    this.#startLoader()
    await this.#power.on()
    const { firstByte } = this.#place.limits
    if (this.#heardAt === 0)
      this.#firstByte = setTimeout(() => {
        const reason = `No console of ${this.#place.name} said anything within ${inSeconds(firstByte)} after its power was on: the board is dead, or nobody is at the other end of its consoles.`
        this.#end.resolve({ kind: 'lost', reason })
      }, firstByte * 1000)
  }

  #startLoader(): void {
    const console = this.#consoles.find(({ worlds }) => worlds.includes('NS'))
    if (!this.#power.start || !console) return
    void this.#power.start(console.line, this.#over.signal).then(
      (fault) => fault !== undefined && this.#end.resolve({ kind: 'stuck', reason: fault }),
      (error: Error) => this.#over.signal.aborted || this.#end.resolve({ kind: 'lost', reason: error.message }),
    )
  }

  async labFault(): Promise<string | undefined> {
    if ((await this.#power.state()) !== 'off') return undefined
    return `The outlet of ${this.#place.name} says off, and nobody of this attempt switched it off: the board lost its power.`
  }

  async askOff(): Promise<boolean> {
    await this.forceOff()
    return false
  }

  async forceOff(): Promise<void> {
    await (this.#off ??= this.#switchOff())
  }

  async #switchOff(): Promise<void> {
    clearTimeout(this.#firstByte)
    this.#over.abort(new Error('The board is being switched off.'))
    try {
      const known = await this.#power.off()
      const since = known && this.#isDone ? 0 : performance.now()
      await this.#silent(known ? drainMs : this.#place.limits.offSilence * 1000, since)
    } finally {
      await Promise.all(this.#consoles.map(({ line }) => line.close()))
    }
  }

  /** Waits until nothing was said for so long, from `since` or a later byte; a board whose power is cut falls silent. */
  async #silent(milliseconds: number, since: number): Promise<void> {
    const start = performance.now()
    for (;;) {
      const now = performance.now()
      const left = Math.max(this.#heardAt, since) + milliseconds - now
      if (left <= 0 || now - start > Math.max(longestDrainMs, milliseconds)) return
      await new Promise((resolve) => setTimeout(resolve, left))
    }
  }

  #listen({ name, worlds, line }: Attached): void {
    const said = { name, worlds }
    const reader = isConsole(said) && speaksNormalWorld(said) ? new LineReader() : undefined
    line.stream.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now()
      clearTimeout(this.#firstByte)
      for (const { text } of reader?.push(chunk) ?? []) {
        const end = endWords(text)
        if (end === undefined) continue
        // One that was to be reset goes on talking.
        this.#isDone = end === ''
        this.#end.resolve({ kind: 'power-off', reason: end })
      }
    })
    void line.broken.then((sentence) => this.#end.resolve({ kind: 'lost', reason: sentence }))
  }
}
