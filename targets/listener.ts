import { consoleLimit } from '../domain/cell.ts'
import { stages, type Stage } from '../domain/stage.ts'
import type { StageReached } from '../domain/stage/stage-follower.ts'
import type { BootOrder, BootProgress, BootWatch, KeptConsole } from './boot-order.ts'
import { capture, type Capture } from './capture.ts'
import { RecordExchange } from './exchange.ts'
import { BootFollower } from './follow.ts'
import { isConsole, makeConsoleFolder, speaksNormalWorld } from './lines.ts'
import { Patience, type PatienceLimits } from './patience.ts'
import type { Line } from './powered.ts'
import type { LastWords } from './stop-sentence.ts'

/** A stage may take this many times the silence limit: progress is expected, but a stage says much before it ends. */
const stagePatience = 10
/** Seconds that a target which was let go may be silent before it is powered off; never more than it may be otherwise. */
const longestGrace = 10

/**
 * Listens to all lines of a target while it boots: keeps each byte on disk before anything reads it, follows the stages,
 * answers init's records, and knows how long a silence may last.
 */
export class Listener {
  /** What the target's records came to so far. */
  readonly exchange: RecordExchange
  /** Resolves with the name of a line that said more than it may. */
  readonly flooded: Promise<string>
  /** Characters that a line may say. */
  readonly lineLimit: number
  readonly #watch: BootWatch
  readonly #captures: Map<Line, Capture>
  readonly #follower: BootFollower
  readonly #progress: BootProgress = { stage: 'power', bytes: 0, channels: {} }
  readonly #limits: PatienceLimits
  readonly #history
  readonly #flood: (line: string) => void
  #patience: Patience
  #words: LastWords = {}

  constructor({ folder, limits, history }: BootOrder, lines: readonly Line[], watch: BootWatch) {
    this.#watch = watch
    this.#limits = {
      silence: limits.silence,
      stage: limits.silence * stagePatience,
      grace: Math.min(longestGrace, limits.silence),
    }
    this.lineLimit = limits.console ?? consoleLimit
    this.#history = history ?? { silences: {}, stages: {} }
    this.#patience = new Patience(this.#limits, this.#history, performance.now())
    const { promise, resolve } = Promise.withResolvers<string>()
    this.flooded = promise
    this.#flood = resolve
    const [consoles, others] = [lines.filter(isConsole), lines.filter((line) => !isConsole(line))]
    this.#follower = new BootFollower(consoles.map(({ name }) => name))
    this.exchange = new RecordExchange([...others, ...consoles.filter(speaksNormalWorld)].map(({ name }) => name))
    const into = makeConsoleFolder(folder, [...lines])
    this.#captures = new Map(
      lines.map((line) => [line, capture(into, line.name, line.stream, (chunk) => this.#read(line, chunk))]),
    )
  }

  /** Begins to count silences. @param now as `performance.now()` has it */
  begin(now: number): void {
    this.#patience = new Patience(this.#limits, this.#history, now)
  }

  get patience(): Patience {
    return this.#patience
  }

  get stage(): Stage {
    return this.#follower.stage
  }

  /** Who spoke last. */
  get words(): LastWords {
    return this.#words
  }

  /** The host saw the machine stop. */
  off(): void {
    this.#entered(this.#follower.off(), performance.now())
    this.#tell()
  }

  /** When every line has closed; an attempt with half of its consoles is worth nothing. @throws LabError DiskFull */
  async allKept(): Promise<void> {
    await Promise.all([...this.#captures.values()].map(({ closed }) => closed))
  }

  keptConsoles(): KeptConsole[] {
    return [...this.#captures].flatMap(([line, { name, rawPath, timesPath, bytes }]) =>
      isConsole(line) ? [{ name, worlds: line.worlds, rawPath, timesPath, bytes }] : [],
    )
  }

  /** Takes what a line said. */
  #read(line: Line, chunk: Uint8Array): void {
    const now = performance.now()
    // An SPMC may say something by a timer of its own, as OP-TEE 4.10 does each second, while the kernel hangs.
    const counts = !kernelRuns(this.#follower.stage) || speaksNormalWorld(line)
    if (counts) this.#patience.heard(now)
    const reached = this.#follower.bytes(line.name, chunk)
    const { records, say } = this.exchange.feed(line.name, chunk)
    this.#entered([...reached, ...this.#follower.records(records)], now)
    const word = { line, stage: this.#follower.stage }
    this.#words = counts ? { last: word } : { ...this.#words, beside: word }
    if (say !== '') this.#captures.get(line)?.write(say)
    if (this.exchange.complete) this.#patience.done(now)
    this.#progress.bytes += chunk.length
    const said = (this.#progress.channels[line.name] ?? 0) + chunk.length
    this.#progress.channels[line.name] = said
    if (said > this.lineLimit) this.#flood(line.name)
    this.#tell()
  }

  #entered(reached: StageReached[], now: number): void {
    for (const one of reached) {
      this.#patience.reached(one.stage, now)
      this.#watch.reached?.(one)
    }
  }

  #tell(): void {
    this.#progress.stage = this.#follower.stage
    this.#watch.progress?.({ ...this.#progress, channels: { ...this.#progress.channels } })
  }
}

/** From here on the kernel answers for progress, whatever the firmware says beside it. */
function kernelRuns(stage: Stage): boolean {
  return stages.indexOf(stage) >= stages.indexOf('kernel')
}
