import { setTimeout as delay } from 'node:timers/promises'
import { exitCodes } from '../../cli/exit-codes.ts'
import { followRun } from '../../cli/follow.ts'
import { watchChanges } from '../../store/changes.ts'
import { runDetail } from '../../store/details.ts'
import { latestRun } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'
import type { Lab } from '../e2e/own-lab.ts'
import type { Command, Ended } from '../e2e/command.ts'
import { BegunNight } from './begun-night.ts'
import { faultsOfLab } from './check-lab.ts'
import { faultsOfRun, lostOf, type Fault, type Lost, type Undisturbed } from './check-run.ts'
import { codesOf } from './command-code.ts'
import { disturb } from './disturb.ts'
import type { Disturbance, RunDraw } from './disturbance.ts'
import { awaitMoment, type Pace } from './moment.ts'
import { scene } from './scene.ts'

/** A plan as it is run, and how it comes out when nobody disturbs it. */
export interface PlanFacts {
  /** Of `hyplab run`: the plan file, and which of its cells. */
  args: string[]
  /** The file of a schedule of just these cells. */
  schedule: string
  expected: ReadonlyMap<string, Undisturbed>
  pace: Pace
}

/** What came of one disturbance. */
export interface Hit {
  disturbance: Disturbance
  /** Epoch milliseconds. */
  at: number
  pids: number[]
  /** The attempts that were under way, each with its stage. */
  attempts: string[]
}

export interface Outcome {
  /** Undefined when the disturbance came before there was a run. */
  run: number | undefined
  hits: Hit[]
  /** What found no victim, and is to be tried again. */
  missed: Disturbance[]
  faults: Fault[]
  lost: Lost
  /** How the command that started the run ended, and what it said last. */
  command: string
}

/** So long a command may take that only has to say yes, seconds: beside others, with a server that stands still. */
const commandLimit = 150

/** One run of a plan in a lab, with all that is done to it, until it has ended and everything was checked. */
export class DisturbedRun {
  readonly #lab: Lab
  readonly #draw: RunDraw
  readonly #plan: PlanFacts
  /** Seconds after the last disturbance in which a run must end. */
  readonly #patience: number
  readonly #cut: AbortSignal
  readonly #over = new AbortController()
  readonly #faults: Fault[] = []
  readonly #hits: Hit[] = []
  /** Whether a service was started that stays when the command has ended. */
  #stays: boolean
  #rest = (): void => {}

  /** @param cut aborted when all is to end at once */
  constructor(lab: Lab, draw: RunDraw, plan: PlanFacts, patience: number, cut: AbortSignal) {
    this.#lab = lab
    this.#draw = draw
    this.#plan = plan
    this.#patience = patience
    this.#cut = cut
    this.#stays = draw.style !== 'owned'
  }

  /** @throws the signal's reason when it was cut off */
  async run(): Promise<Outcome> {
    await this.#says(this.#stays ? 'up' : 'down')
    this.#cut.throwIfAborted()
    const { store } = this.#lab
    const before = (await latestRun(store))?.id ?? 0
    const night = this.#draw.style === 'night' ? await BegunNight.prepare(this.#lab, this.#plan.schedule) : undefined
    this.#faults.push(...(night?.faults ?? []))
    const args = ['run', ...this.#plan.args, ...(this.#draw.style === 'detached' ? ['--detach'] : [])]
    const command = this.#lab.start(...(night?.args ?? args))
    const begun = night ? command.ended.then(() => night.settled(this.#cut)) : command.ended
    const number = newRun(store, before, begun, this.#cut)
    const disturbed = Promise.all(
      this.#draw.disturbances.map(async (one) => ((await this.#disturb(one, number, command)) ? [] : [one])),
    )
    // It is awaited later; until then a cut must not count as unhandled.
    disturbed.catch(() => {})
    const run = await number
    const ended = run === undefined || (await this.#ends(run))
    this.#over.abort()
    const missed = (await disturbed).flat()
    this.#cut.throwIfAborted()
    const checked = await this.#check(run, ended, command)
    if (night && ended) this.#faults.push(...(await night.check(run)))
    return { run, hits: this.#hits, missed, faults: this.#faults, ...checked }
  }

  /** @returns false when it found no victim in time */
  async #disturb(one: Disturbance, number: Promise<number | undefined>, command: Command): Promise<boolean> {
    const over = AbortSignal.any([this.#over.signal, this.#cut])
    if (!(await awaitMoment(this.#lab.store, one.moment, number, this.#plan.pace, over))) return false
    const seen: Promise<void>[] = []
    const found = await disturb(this.#lab.state, one, command.pid, over, this.#cut, (processes) => {
      const hit: Hit = { disturbance: one, at: Date.now(), pids: processes.map(({ pid }) => pid), attempts: [] }
      this.#hits.push(hit)
      seen.push(scene(this.#lab.store).then((attempts) => void (hit.attempts = attempts)))
      this.#rest()
    })
    await Promise.all(seen)
    this.#rest()
    if (found && this.#takesService(one)) {
      await delay(one.upAfter * 1000, undefined, { signal: this.#cut })
      this.#stays = true
      await this.#says('up')
      this.#rest()
    }
    return found
  }

  #takesService({ kind, victim }: Disturbance): boolean {
    return kind === 'kill' && (victim === 'service' || (victim === 'cli' && this.#draw.style === 'owned'))
  }

  /** @returns false when it has not ended in time, counted from the last disturbance */
  async #ends(run: number): Promise<boolean> {
    const patience = new AbortController()
    const limit = setTimeout(() => patience.abort(), this.#patience * 1000)
    // Each disturbance gives the run its time anew.
    this.#rest = () => void limit.refresh()
    try {
      for await (const _event of followRun(this.#lab.store, run, AbortSignal.any([patience.signal, this.#cut])));
      return !patience.signal.aborted
    } finally {
      clearTimeout(limit)
    }
  }

  async #check(run: number | undefined, ended: boolean, command: Command): Promise<Pick<Outcome, 'lost' | 'command'>> {
    const add = (kind: Fault['kind'], what: string): void => void this.#faults.push({ kind, what })
    // One that follows a run which does not end does not end either.
    const { code, stderr } = await within(ended ? commandLimit : 0, command)
    if (ended) this.#faults.push(...(await faultsOfLab(this.#lab.state, { service: this.#stays })))
    else add('failed run', `run ${run} has not ended ${this.#patience} s after the last disturbance`)
    const detail = run === undefined ? undefined : await runDetail(this.#lab.store, run)
    if (detail) this.#faults.push(...faultsOfRun(detail, this.#plan.expected))
    const done = this.#hits.map(({ disturbance }) => disturbance)
    const codes = codesOf(this.#draw.style, done, detail?.run.exitCode ?? undefined)
    const said = `exits with ${code}: ${stderr.trim().split('\n').at(-1)}`
    if (ended && codes && !codes.includes(code ?? -1)) add('other', `the command of run ${run} ${said}`)
    if (run === undefined && done.length === 0) add('failed run', `a command makes no run and ${said}`)
    return { lost: detail ? lostOf(detail) : { infra: 0, tainted: 0 }, command: said }
  }

  /** Has `hyplab up` or `hyplab down` run, as a user does; again when the service was killed under the command. */
  async #says(word: 'up' | 'down'): Promise<void> {
    const hitsBefore = this.#hits.length
    const { code, stderr } = await within(commandLimit, this.#lab.start(word))
    const killed = this.#hits.slice(hitsBefore).some(({ disturbance }) => this.#takesService(disturbance))
    if (code === exitCodes.unreachable && killed) await this.#says(word)
    else if (code !== 0 && !this.#cut.aborted)
      this.#faults.push({ kind: 'other', what: `hyplab ${word} exits with ${code}: ${stderr.trim()}` })
  }
}

/** The run that a command makes; undefined when it ends without one. */
async function newRun(
  store: Store,
  before: number,
  ended: Promise<unknown>,
  cut: AbortSignal,
): Promise<number | undefined> {
  const changes = watchChanges(store)
  const over = new AbortController()
  void ended.then(() => over.abort())
  try {
    for (;;) {
      // In this order: what a command that has ended had written is there.
      const last = over.signal.aborted || cut.aborted
      const run = (await latestRun(store))?.id ?? 0
      if (run > before) return run
      if (last) return undefined
      await changes.next(AbortSignal.any([over.signal, cut]))
    }
  } finally {
    changes.close()
  }
}

/** Waits for a command's end and ends it when it takes too long: code undefined. */
async function within(seconds: number, command: Command): Promise<Ended> {
  const limit = setTimeout(() => command.signal('SIGKILL'), seconds * 1000)
  const ended = await command.ended
  clearTimeout(limit)
  return ended
}
