import type { HostView } from '../domain/attempt.ts'
import { claimPlace } from '../host/claim.ts'
import type { BootEnd, BootOrder, BootWatch } from './boot-order.ts'
import { requireUnused } from './lines.ts'
import { Listener } from './listener.ts'
import type { Expired } from './patience.ts'
import type { Powered, PowerUp, TargetEnd } from './powered.ts'
import { Pulse } from './pulse.ts'
import { expiredSentence, floodSentence } from './stop-sentence.ts'
import { watchPatience } from './watchdog.ts'

/** What ends a boot, as far as the host sees it; `flood` is a line that said more than it may. */
type Cause =
  | TargetEnd
  | { kind: 'expired'; why: Expired }
  | { kind: 'still'; seconds: number }
  | { kind: 'flood'; line: string }
  | { kind: 'cancelled' }

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
  readonly #listener: Listener
  readonly #leaveHung: boolean
  #leftOn = false

  constructor(order: BootOrder, powered: Powered, watch: BootWatch) {
    this.#powered = powered
    this.#leaveHung = order.leaveHung === true
    this.#listener = new Listener(order, powered.lines, watch)
  }

  /** Sets the target running and waits for its end. */
  async run(signal: AbortSignal): Promise<BootEnd> {
    const startedAt = Date.now()
    const started = performance.now()
    const listener = this.#listener
    listener.begin(started)
    const { cause, stoodStill } = await this.#cause(signal)
    const host = await this.#stop(cause)
    const { records, ...exchange } = listener.exchange.end()
    return {
      host: { ...host, stage: listener.stage, ...(stoodStill === undefined ? {} : { stoodStill }) },
      records,
      exchange,
      consoles: listener.keptConsoles(),
      pace: listener.patience.pace,
      startedAt,
      seconds: (performance.now() - started) / 1000,
      ...(this.#leftOn ? { leftOn: true as const } : {}),
    }
  }

  /** The first thing that ends the boot, and for how long the target stood still until then. */
  async #cause(signal: AbortSignal): Promise<{ cause: Cause; stoodStill: number | undefined }> {
    const [powered, listener] = [this.#powered, this.#listener]
    const { promise, resolve, reject } = Promise.withResolvers<Cause>()
    const cancel = (): void => resolve({ kind: 'cancelled' })
    signal.addEventListener('abort', cancel)
    powered.ended.then(resolve, reject)
    void listener.flooded.then((line) => resolve({ kind: 'flood', line }))
    listener.allKept().catch(reject)
    const unwatch = watchPatience(listener.patience, (why) => resolve({ kind: 'expired', why }))
    const pulse = new Pulse(() => powered.pulse?.ask() ?? Promise.resolve(), {
      still: (milliseconds, now) => listener.patience.forgive(milliseconds, now),
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
    const [powered, listener] = [this.#powered, this.#listener]
    switch (cause.kind) {
      case 'power-off':
        await this.#askOff()
        // Its end may be seen before what the consoles said last was read: only now have they said all.
        listener.off()
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
        const reason = floodSentence(cause.line, listener.stage, listener.lineLimit)
        return { stop: 'flood', reason, flooded: cause.line }
      }
      case 'cancelled':
        await this.#forceOff()
        return { stop: 'cancelled', reason: 'The attempt was cancelled; the target was powered off.' }
      case 'expired': {
        const letGo = listener.exchange.complete
        const fault = letGo ? undefined : await this.#labFault()
        const forced = letGo ? await this.#askOff() : await this.#endHung(fault)
        const reason = expiredSentence(cause.why, listener.words)
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
    await this.#listener.allKept()
    this.#leftOn = true
    return false
  }

  async #askOff(): Promise<boolean> {
    const forced = await this.#powered.askOff()
    await this.#listener.allKept()
    return forced
  }

  async #forceOff(): Promise<void> {
    await this.#powered.forceOff()
    await this.#listener.allKept()
  }
}
