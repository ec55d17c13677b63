import type { HostView } from '../domain/attempt.ts'
import { consoleLimit } from '../domain/cell.ts'
import { stages, type Stage } from '../domain/stage.ts'
import type { StageReached } from '../domain/stage/stage-follower.ts'
import { claimPlace } from '../host/claim.ts'
import type { BootEnd, BootOrder, BootProgress, BootWatch, KeptConsole } from './boot-order.ts'
import { capture, type Capture } from './capture.ts'
import { RecordExchange } from './exchange.ts'
import { BootFollower } from './follow.ts'
import { isConsole, makeConsoleFolder, requireUnused, speaksNormalWorld } from './lines.ts'
import { Patience, type Expired, type PatienceLimits } from './patience.ts'
import type { Line, Powered, PowerUp, TargetEnd } from './powered.ts'
import { Pulse } from './pulse.ts'
import { expiredSentence, floodSentence, type LastWords } from './stop-sentence.ts'
import { watchPatience } from './watchdog.ts'

/** A stage may take this many times the silence limit: progress is expected, but a stage says much before it ends. */
const stagePatience = 10
/** Seconds that a target which was let go may be silent before it is powered off; never more than it may be otherwise. */
const longestGrace = 10

/** A line said more than it may. */
interface Flood {
  kind: 'flood'
  line: string
}

/** What ends a boot, as far as the host sees it. */
type Cause =
  TargetEnd | { kind: 'expired'; why: Expired } | { kind: 'still'; seconds: number } | Flood | { kind: 'cancelled' }

/**
 * Boots a target once, from power-on to power-off: claims the place, has every line attached before the first
 * instruction, keeps each byte on disk before anything reads it, follows the stages, exchanges records with init, and ends
 * by the target's own power-off, else by asking, else by force. Neither a process nor a claim is left, however it ends.
 * What the target does is never an exception: a hang is an end with `host.stop` `silence`. A target that does not run,
 * because its process was stopped or its host was, is no hang: the end says for how long it stood still.
 * @param powerUp what kind of target it is
 * @param signal aborting powers the target off; the end then says `cancelled`
 * @throws LabError as `powerUp` does; StaleFence (the place belongs to a newer attempt), BadInput (the folder holds another
 *   attempt), DiskFull; the signal's reason when it was aborted before the target was set running
 */
export async function bootTarget(
  order: BootOrder,
  powerUp: PowerUp,
  watch: BootWatch,
  signal: AbortSignal,
): Promise<BootEnd> {
  signal.throwIfAborted()
  const claim = await claimPlace(order.place.folder, order.place.fence, order.place.owner)
  try {
    requireUnused(order.folder)
    const powered = await powerUp(claim, signal)
    let end: BootEnd | undefined
    try {
      signal.throwIfAborted()
      end = await new Boot(order, powered, watch).run(signal)
      return end
    } finally {
      // A line closes when all of it was read, also where nobody came so far as to read it.
      for (const { stream } of powered.lines) stream.resume()
      if (!end?.leftOn) await powered.forceOff()
    }
  } finally {
    claim.release()
  }
}

/** One boot while it runs. */
class Boot {
  readonly #powered: Powered
  readonly #watch: BootWatch
  readonly #captures: Map<Line, Capture>
  readonly #follower: BootFollower
  readonly #exchange: RecordExchange
  readonly #progress: BootProgress = { stage: 'power', bytes: 0, channels: {} }
  readonly #limits: PatienceLimits
  readonly #history
  readonly #lineLimit: number
  readonly #flood = Promise.withResolvers<Flood>()
  #patience: Patience
  #words: LastWords = {}
  readonly #leaveHung: boolean
  #leftOn = false

  constructor({ folder, limits, history, leaveHung }: BootOrder, powered: Powered, watch: BootWatch) {
    this.#powered = powered
    this.#watch = watch
    this.#leaveHung = leaveHung === true
    this.#limits = {
      silence: limits.silence,
      stage: limits.silence * stagePatience,
      grace: Math.min(longestGrace, limits.silence),
    }
    this.#lineLimit = limits.console ?? consoleLimit
    this.#history = history ?? { silences: {}, stages: {} }
    this.#patience = new Patience(this.#limits, this.#history, performance.now())
    const { lines } = powered
    const [consoles, others] = [lines.filter(isConsole), lines.filter((line) => !isConsole(line))]
    this.#follower = new BootFollower(consoles.map(({ name }) => name))
    this.#exchange = new RecordExchange([...others, ...consoles.filter(speaksNormalWorld)].map(({ name }) => name))
    const into = makeConsoleFolder(folder, lines)
    this.#captures = new Map(
      lines.map((line) => [line, capture(into, line.name, line.stream, (chunk) => this.#read(line, chunk))]),
    )
  }

  /** Sets the target running and waits for its end. */
  async run(signal: AbortSignal): Promise<BootEnd> {
    const startedAt = Date.now()
    const started = performance.now()
    this.#patience = new Patience(this.#limits, this.#history, started)
    const { cause, stoodStill } = await this.#cause(signal)
    const host = await this.#stop(cause)
    const { records, ...exchange } = this.#exchange.end()
    return {
      host: { ...host, stage: this.#follower.stage, ...(stoodStill === undefined ? {} : { stoodStill }) },
      records,
      exchange,
      consoles: this.#keptConsoles(),
      pace: this.#patience.pace,
      startedAt,
      seconds: (performance.now() - started) / 1000,
      ...(this.#leftOn ? { leftOn: true as const } : {}),
    }
  }

  /** Takes what a line said. */
  #read(line: Line, chunk: Uint8Array): void {
    const now = performance.now()
    // An SPMC may say something by a timer of its own, as OP-TEE 4.10 does each second, while the kernel hangs.
    const counts = !kernelRuns(this.#follower.stage) || speaksNormalWorld(line)
    if (counts) this.#patience.heard(now)
    const reached = this.#follower.bytes(line.name, chunk)
    const { records, say } = this.#exchange.feed(line.name, chunk)
    this.#entered([...reached, ...this.#follower.records(records)], now)
    const word = { line, stage: this.#follower.stage }
    this.#words = counts ? { last: word } : { ...this.#words, beside: word }
    if (say !== '') this.#captures.get(line)?.write(say)
    if (this.#exchange.complete) this.#patience.done(now)
    this.#progress.bytes += chunk.length
    const said = (this.#progress.channels[line.name] ?? 0) + chunk.length
    this.#progress.channels[line.name] = said
    if (said > this.#lineLimit) this.#flood.resolve({ kind: 'flood', line: line.name })
    this.#tell()
  }

  /** The first thing that ends the boot, and for how long the target stood still until then. */
  async #cause(signal: AbortSignal): Promise<{ cause: Cause; stoodStill: number | undefined }> {
    const powered = this.#powered
    const { promise, resolve, reject } = Promise.withResolvers<Cause>()
    const cancel = (): void => resolve({ kind: 'cancelled' })
    signal.addEventListener('abort', cancel)
    powered.ended.then(resolve, reject)
    void this.#flood.promise.then(resolve)
    this.#allKept().catch(reject)
    const unwatch = watchPatience(this.#patience, (why) => resolve({ kind: 'expired', why }))
    const pulse = new Pulse(() => powered.pulse?.ask() ?? Promise.resolve(), {
      still: (milliseconds, now) => this.#patience.forgive(milliseconds, now),
      dead: (seconds) => resolve({ kind: 'still', seconds }),
    })
    powered.go().catch(reject)
    try {
      const cause = await promise
      return { cause, stoodStill: powered.ownClock ? undefined : pulse.stoodStill }
    } finally {
      unwatch()
      pulse.end()
      signal.removeEventListener('abort', cancel)
    }
  }

  /** Ends the target as the cause asks for; returns how it stopped and why. */
  async #stop(cause: Cause): Promise<Omit<HostView, 'stage'>> {
    const powered = this.#powered
    switch (cause.kind) {
      case 'power-off':
        await this.#askOff()
        // Its end may be seen before what the consoles said last was read: only now have they said all.
        this.#entered(this.#follower.off(), performance.now())
        this.#tell()
        return { stop: 'power-off', reason: cause.reason }
      case 'stuck': {
        const fault = await this.#labFault()
        await this.#endHung(fault)
        return fault === undefined
          ? { stop: 'silence', reason: cause.reason }
          : { stop: 'lost', reason: `${fault} ${cause.reason}` }
      }
      case 'lost':
        await this.#forceOff()
        return { stop: 'lost', reason: cause.reason }
      case 'still':
        await this.#forceOff()
        return { stop: 'lost', reason: powered.pulse?.stillSentence(cause.seconds) ?? '' }
      case 'flood': {
        await this.#forceOff()
        const reason = floodSentence(cause.line, this.#follower.stage, this.#lineLimit)
        return { stop: 'flood', reason, flooded: cause.line }
      }
      case 'cancelled':
        await this.#forceOff()
        return { stop: 'cancelled', reason: 'The attempt was cancelled; the target was powered off.' }
      case 'expired': {
        const letGo = this.#exchange.complete
        const fault = letGo ? undefined : await this.#labFault()
        const forced = letGo ? await this.#askOff() : await this.#endHung(fault)
        const reason = expiredSentence(cause.why, this.#words)
        if (fault !== undefined) return { stop: 'lost', reason: `${fault} ${reason}` }
        if (!letGo) return { stop: 'silence', reason }
        const asked = `After its last record the target did not power off by itself. ${reason}`
        return { stop: forced ? 'forced' : 'asked-off', reason: asked }
      }
    }
  }

  /** Whether the lab is to blame for a silence. A lab that cannot be asked has shown nothing. */
  async #labFault(): Promise<string | undefined> {
    return await this.#powered.labFault?.().catch(() => undefined)
  }

  /** Ends a target that hung, or leaves it as it is for whoever wants to look at it. @returns whether force was needed */
  async #endHung(fault: string | undefined): Promise<boolean> {
    if (!this.#leaveHung || !this.#powered.leaveOn || fault !== undefined) return await this.#askOff()
    await this.#powered.leaveOn()
    await this.#allKept()
    this.#leftOn = true
    return false
  }

  async #askOff(): Promise<boolean> {
    const forced = await this.#powered.askOff()
    await this.#allKept()
    return forced
  }

  async #forceOff(): Promise<void> {
    await this.#powered.forceOff()
    await this.#allKept()
  }

  /** When every line has closed; an attempt with half of its consoles is worth nothing. @throws LabError DiskFull */
  async #allKept(): Promise<void> {
    await Promise.all([...this.#captures.values()].map(({ closed }) => closed))
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

  #keptConsoles(): KeptConsole[] {
    return [...this.#captures].flatMap(([line, { name, rawPath, timesPath, bytes }]) =>
      isConsole(line) ? [{ name, worlds: line.worlds, rawPath, timesPath, bytes }] : [],
    )
  }
}

/** From here on the kernel answers for progress, whatever the firmware says beside it. */
function kernelRuns(stage: Stage): boolean {
  return stages.indexOf(stage) >= stages.indexOf('kernel')
}
