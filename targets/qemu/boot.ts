import type { HostView } from '../../domain/attempt.ts'
import type { LabError } from '../../domain/errors.ts'
import { stages, type Stage } from '../../domain/stage/stage.ts'
import type { StageReached } from '../../domain/stage/stage-follower.ts'
import { claimPlace, type PlaceClaim } from '../../host/claim.ts'
import { blameTpm } from './blame-tpm.ts'
import type { BootEnd, BootOrder, BootProgress, BootWatch } from './boot-order.ts'
import { bootConsole, qemuChannels, recordChannel, speaksNormalWorld } from './channels.ts'
import { RecordExchange } from './exchange.ts'
import { BootFollower } from './follow.ts'
import { inheritedFd, launchQemu, type Machine } from './launch.ts'
import { machineArguments } from './machine.ts'
import { Patience, type Expired, type PatienceLimits } from './patience.ts'
import { Pulse } from './pulse.ts'
import { awaitGone, forceOff, powerOff } from './power-off.ts'
import type { QmpEvent } from './qmp.ts'
import { requireFiles, sizeOf } from './require-files.ts'
import { expiredSentence, shutdownSentence, stillSentence, type LastWords } from './stop-sentence.ts'
import { swtpmGoneSentence, type Swtpm } from './swtpm.ts'
import { startTpm, type TpmPart } from './tpm.ts'
import { tracePath, tracerArguments } from './tracer.ts'
import { watchPatience } from './watchdog.ts'

/** A stage may take this many times the silence limit: progress is expected, but a stage says much before it ends. */
const stagePatience = 10
/** Seconds that a target which was let go may be silent before it is powered off; never more than it may be otherwise. */
const longestGrace = 10

/** What ends a boot, as far as the host sees it. */
type Cause =
  | { kind: 'shutdown'; event: QmpEvent }
  | { kind: 'gone'; code: number }
  | { kind: 'tpm-gone'; tpm: Swtpm; code: number }
  | { kind: 'expired'; why: Expired }
  | { kind: 'still'; seconds: number }
  | { kind: 'cancelled' }

/**
 * Boots a QEMU target once, from power-on to power-off: claims the place, attaches every channel before the first
 * instruction, keeps each byte on disk before anything reads it, follows the stages, exchanges records with init, and
 * ends by the guest's own power-off, else by QMP, else by force. Neither a process nor a claim is left, however it ends.
 * What the target does is never an exception: a hang is an end with `host.stop` `silence`. A machine that does not run,
 * because its process was stopped or its host was, is no hang: the end says for how long it stood still.
 * @param signal aborting powers the target off; the end then says `cancelled`
 * @throws LabError TargetBroken (QEMU missing, refusing its arguments, a file unreadable), StaleFence (the place belongs to
 *   a newer attempt), BadInput (memory or command line do not fit), DiskFull; the signal's reason when it was aborted
 *   before the target was set running
 */
export async function bootQemu(order: BootOrder, watch: BootWatch, signal: AbortSignal): Promise<BootEnd> {
  signal.throwIfAborted()
  requireFiles(order)
  const claim = await claimPlace(order.place.folder, order.place.fence, order.place.owner)
  try {
    const setup = order.machine ? undefined : order.setup.tpm
    const tpm = setup && (await startTpm(order.folder, order, setup, signal))
    try {
      return await bootWith(tpm, order, watch, claim, signal)
    } finally {
      await tpm?.swtpm.stop()
    }
  } finally {
    claim.release()
  }
}

async function bootWith(
  tpm: TpmPart | undefined,
  order: BootOrder,
  watch: BootWatch,
  claim: PlaceClaim,
  signal: AbortSignal,
): Promise<BootEnd> {
  const boot = new Boot(order, watch)
  const machineTpm = tpm && { channel: `fd=${inheritedFd}`, acpiTables: tpm.acpiTables }
  const below = order.machine ?? machineArguments(order, sizeOf(order.files.initrd, 'initrd'), machineTpm)
  const args = [...below, ...tracerArguments(order)]
  const inherit = tpm ? [tpm.swtpm.socket] : []
  const launch = launchQemu(order.folder, args, claim.token, inherit, (name, chunk) => boot.read(name, chunk), signal)
  const machine = await launch.catch((error: unknown) => blameTpm(signal.aborted ? undefined : tpm?.swtpm, error))
  try {
    claim.hold(machine.pgid)
    signal.throwIfAborted()
    const end = await boot.run(machine, tpm?.swtpm, signal)
    return { ...end, ...(order.tracer === undefined ? {} : { smc: tracePath(order) }) }
  } finally {
    await forceOff(machine)
  }
}

/** One boot while it runs. */
class Boot {
  readonly #watch: BootWatch
  readonly #follower = new BootFollower(qemuChannels.filter(({ worlds }) => worlds.length > 0).map(({ name }) => name))
  readonly #exchange = new RecordExchange([recordChannel, bootConsole])
  readonly #limits: PatienceLimits
  readonly #history
  readonly #progress: BootProgress = { stage: 'power', bytes: 0, channels: {} }
  #patience: Patience
  #machine: Machine | undefined
  #words: LastWords = {}

  constructor({ limits, history }: BootOrder, watch: BootWatch) {
    this.#watch = watch
    const grace = Math.min(longestGrace, limits.silence)
    this.#limits = { silence: limits.silence, stage: limits.silence * stagePatience, grace }
    this.#history = history ?? { silences: {}, stages: {} }
    this.#patience = new Patience(this.#limits, this.#history, performance.now())
  }

  /** Takes what a channel said. */
  read(channel: string, chunk: Uint8Array): void {
    const now = performance.now()
    // An SPMC may say something by a timer of its own, as OP-TEE 4.10 does each second, while the kernel hangs.
    const counts = !kernelRuns(this.#follower.stage) || speaksNormalWorld(channel)
    if (counts) this.#patience.heard(now)
    const reached = this.#follower.bytes(channel, chunk)
    const { records, say } = this.#exchange.feed(channel, chunk)
    this.#entered([...reached, ...this.#follower.records(records)], now)
    const word = { channel, stage: this.#follower.stage }
    this.#words = counts ? { last: word } : { ...this.#words, beside: word }
    if (say !== '') this.#machine?.captures.find(({ name }) => name === channel)?.write(say)
    if (this.#exchange.complete) this.#patience.done(now)
    this.#progress.bytes += chunk.length
    this.#progress.channels[channel] = (this.#progress.channels[channel] ?? 0) + chunk.length
    this.#tell()
  }

  /** Sets the machine running and waits for its end. */
  async run(machine: Machine, tpm: Swtpm | undefined, signal: AbortSignal): Promise<BootEnd> {
    this.#machine = machine
    const startedAt = Date.now()
    const started = performance.now()
    this.#patience = new Patience(this.#limits, this.#history, started)
    const { cause, stoodStill } = await this.#cause(machine, tpm, signal)
    const host = await this.#stop(machine, cause)
    const { records, ...exchange } = this.#exchange.end()
    return {
      host: { ...host, stage: this.#follower.stage, ...(stoodStill === undefined ? {} : { stoodStill }) },
      records,
      exchange,
      consoles: keptConsoles(machine),
      pace: this.#patience.pace,
      startedAt,
      seconds: (performance.now() - started) / 1000,
    }
  }

  /** The first thing that ends the boot, and for how long the target stood still until then. */
  async #cause(
    machine: Machine,
    tpm: Swtpm | undefined,
    signal: AbortSignal,
  ): Promise<{ cause: Cause; stoodStill: number | undefined }> {
    const { promise, resolve, reject } = Promise.withResolvers<Cause>()
    const cancel = (): void => resolve({ kind: 'cancelled' })
    machine.qmp.onEvent((event) => {
      if (event.event === 'SHUTDOWN' && event.data?.['guest'] === true) resolve({ kind: 'shutdown', event })
    })
    machine.gone.then(({ code }) => resolve({ kind: 'gone', code }), reject)
    tpm?.gone.then(({ code }) => {
      // It also ends when QEMU does, and then with 0.
      if (code !== 0) resolve({ kind: 'tpm-gone', tpm, code })
    }, reject)
    signal.addEventListener('abort', cancel)
    const unwatch = watchPatience(this.#patience, (why) => resolve({ kind: 'expired', why }))
    const pulse = new Pulse(() => machine.qmp.execute('query-status'), {
      still: (milliseconds, now) => this.#patience.forgive(milliseconds, now),
      dead: (seconds) => resolve({ kind: 'still', seconds }),
    })
    machine.qmp.execute('cont').catch((error: LabError) => {
      // That QEMU goes away before it answers is seen, and told better, by `gone`.
      if (!error.retryable) reject(error)
    })
    try {
      return { cause: await promise, stoodStill: pulse.stoodStill }
    } finally {
      unwatch()
      pulse.end()
      signal.removeEventListener('abort', cancel)
    }
  }

  /** Ends the machine as the cause asks for; returns how it stopped and why. */
  async #stop(machine: Machine, cause: Cause): Promise<Omit<HostView, 'stage'>> {
    switch (cause.kind) {
      case 'shutdown':
        await awaitGone(machine)
        // QMP may be read before what the consoles said last: only now have they said all.
        this.#entered(this.#follower.off(), performance.now())
        this.#tell()
        return { stop: 'power-off', reason: shutdownSentence(cause.event) }
      case 'gone': {
        const complaint = await machine.complaint()
        const said = complaint === '' ? 'it said nothing' : `it said: ${complaint}`
        return { stop: 'lost', reason: `QEMU ended with code ${cause.code} while the target was running; ${said}.` }
      }
      case 'tpm-gone':
        await forceOff(machine)
        return { stop: 'lost', reason: await swtpmGoneSentence(cause.tpm, cause.code) }
      case 'still':
        await forceOff(machine)
        return { stop: 'lost', reason: stillSentence(cause.seconds) }
      case 'cancelled':
        await forceOff(machine)
        return { stop: 'cancelled', reason: 'The attempt was cancelled; the target was powered off.' }
      case 'expired': {
        const letGo = this.#exchange.complete
        const forced = await powerOff(machine)
        const reason = expiredSentence(cause.why, this.#words)
        if (!letGo) return { stop: 'silence', reason }
        const asked = `After its last record the target did not power off by itself. ${reason}`
        return { stop: forced ? 'forced' : 'asked-off', reason: asked }
      }
    }
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

function keptConsoles(machine: Machine): BootEnd['consoles'] {
  return qemuChannels.flatMap(({ name, worlds }) => {
    const kept = machine.captures.find((capture) => capture.name === name)
    if (!kept || worlds.length === 0) return []
    return [{ name, worlds, rawPath: kept.rawPath, timesPath: kept.timesPath, bytes: kept.bytes }]
  })
}
