import type { LabPlace } from '../../domain/lab/inventory.ts'
import { LineParts } from '../../domain/console/line-parts.ts'
import { LineReader } from '../../domain/console/line-reader.ts'
import type { Line, Powered, TargetEnd } from '../powered.ts'
import { unnoted, type NoteLab } from '../lab-log.ts'
import { isConsole, recordChannel, speaksNormalWorld } from '../lines.ts'
import { inSeconds } from '../stop-sentence.ts'
import type { ConsoleLine } from './console/console-source.ts'
import { endWords } from './end-words.ts'
import { nameOfOutlet, noteBroken, noteLoaderFault, noteSilence, wordsOf } from './noted.ts'
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
/** Characters of a console server's banner that are noted. */
const longestGreeting = 200
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
  readonly #note: NoteLab
  readonly #end = Promise.withResolvers<TargetEnd>()
  readonly #over = new AbortController()
  #heardAt = 0
  /** When its power was on; 0 before. */
  #onAt = 0
  #heardFirst: string | undefined
  #isDone = false
  #firstByte: NodeJS.Timeout | undefined
  #off: Promise<void> | undefined
  #letsGo = false

  /** @param note takes what outlet, consoles and boot loader say and do */
  constructor(place: LabPlace, consoles: Attached[], power: BoardPower, note: NoteLab = unnoted) {
    this.#place = place
    this.#consoles = consoles
    this.#power = power
    this.#note = note
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
    this.#onAt = performance.now()
    if (this.#heardFirst !== undefined) this.#noteFirst(this.#heardFirst)
    else
      this.#firstByte = setTimeout(() => {
        const reason = `No console of ${this.#place.name} said anything within ${inSeconds(firstByte)} after its power was on: the board is dead, or nobody is at the other end of its consoles.`
        this.#note({ about: 'first byte', by: 'every console', seconds: null, limit: firstByte, words: reason })
        this.#end.resolve({ kind: 'lost', reason })
      }, firstByte * 1000)
  }

  #startLoader(): void {
    const console = this.#consoles.find(({ worlds }) => worlds.includes('NS'))
    if (!this.#power.start || !console) return
    void this.#power.start(console.line, this.#over.signal).then(
      (fault) => fault !== undefined && this.#end.resolve({ kind: 'stuck', reason: fault }),
      (error: Error) => {
        if (this.#over.signal.aborted) return
        noteLoaderFault(this.#note, console.name, error)
        this.#end.resolve({ kind: 'lost', reason: error.message })
      },
    )
  }

  async labFault(): Promise<string | undefined> {
    if ((await this.#outletSays()) !== 'off') return undefined
    return `The outlet of ${this.#place.name} says off, and nobody of this attempt switched it off: the board lost its power.`
  }

  async #outletSays(): Promise<OutletState> {
    const asked = { about: 'power', by: nameOfOutlet(this.#place), told: 'nothing' } as const
    try {
      const says = await this.#power.state()
      this.#note({ ...asked, says, words: '' })
      return says
    } catch (error) {
      // A lab that cannot be asked has shown nothing.
      this.#note({ ...asked, says: 'unknown', words: wordsOf(error) })
      throw error
    }
  }

  async askOff(): Promise<boolean> {
    await this.forceOff()
    return false
  }

  async leaveOn(): Promise<void> {
    await this.#letGo(async () => undefined)
  }

  async forceOff(): Promise<void> {
    await (this.#off ??= this.#switchOff())
  }

  async #switchOff(): Promise<void> {
    await this.#letGo(async () => {
      const known = await this.#power.off()
      const since = known && this.#isDone ? 0 : performance.now()
      const silent = await this.#silent(known ? drainMs : this.#place.limits.offSilence * 1000, since)
      if (!known) noteSilence(this.#note, this.#place, silent)
    })
  }

  /** Ends all that is under way with the board, and then lets go of its consoles. @param work while they are still heard */
  async #letGo(work: () => Promise<void>): Promise<void> {
    clearTimeout(this.#firstByte)
    this.#over.abort(new Error('The attempt is over.'))
    try {
      await work()
    } finally {
      this.#letsGo = true
      await Promise.all(this.#consoles.map(({ line }) => line.close()))
    }
  }

  /**
   * Waits until nothing was said for so long, from `since` or a later byte, as a board whose power is cut falls silent.
   * @returns whether it was
   */
  async #silent(milliseconds: number, since: number): Promise<boolean> {
    const start = performance.now()
    for (;;) {
      const now = performance.now()
      const left = Math.max(this.#heardAt, since) + milliseconds - now
      if (left <= 0) return true
      if (now - start > Math.max(longestDrainMs, milliseconds)) return false
      await new Promise((resolve) => setTimeout(resolve, left))
    }
  }

  #noteFirst(console: string): void {
    const seconds = Math.max(0, (this.#heardAt - this.#onAt) / 1000)
    this.#note({ about: 'first byte', by: console, seconds, limit: this.#place.limits.firstByte, words: '' })
  }

  #heard(console: string): void {
    this.#heardAt = performance.now()
    if (this.#heardFirst !== undefined) return
    clearTimeout(this.#firstByte)
    this.#heardFirst = console
    if (this.#onAt > 0) this.#noteFirst(console)
  }

  #listen({ name, worlds, line }: Attached): void {
    const said = { name, worlds }
    const reader = isConsole(said) && speaksNormalWorld(said) ? new LineReader() : undefined
    const parts = new LineParts()
    const [about, by, console] = ['console', name, name] as const
    const greeting = Buffer.from(line.greeting).toString('latin1').trim().slice(0, longestGreeting)
    this.#note({ about, by, console, is: 'attached', words: greeting })
    let bytes = 0
    let broken = false
    line.stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      this.#heard(name)
      for (const { text } of (reader?.push(chunk) ?? []).flatMap((read) => parts.split(read) ?? read)) {
        const end = endWords(text)
        if (end === undefined) continue
        // One that was to be reset goes on talking.
        this.#isDone = end === ''
        this.#end.resolve({ kind: 'power-off', reason: end })
      }
    })
    line.stream.once('close', () => {
      // One that ends before we let go of it is broken, and says so itself.
      if (!broken && this.#letsGo) this.#note({ about, by, console, is: 'closed', bytes, words: '' })
    })
    line.onGap?.(({ milliseconds, why }) =>
      this.#note({ about, by, console, is: 'gap', words: `for ${inSeconds(milliseconds / 1000)}. ${why}` }),
    )
    void line.broken.then((sentence) => {
      broken = true
      noteBroken(this.#note, name, sentence)
      this.#end.resolve({ kind: 'lost', reason: sentence })
    })
  }
}
