import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Lab } from '../e2e/own-lab.ts'
import { awaited, kill9, processesOf } from '../e2e/processes.ts'
import { faultsOfLab } from './check-lab.ts'
import type { Fault } from './check-run.ts'
import { earlier, type PlanName, type RunDraw } from './disturbance.ts'
import { DisturbedRun, type Outcome, type PlanFacts } from './disturbed-run.ts'
import type { PlaceWatch } from './place-watch.ts'

/** What all labs share. */
export interface Pool {
  /** In which each lab has a folder. */
  folder: string
  /** What each lab is a copy of. */
  built: string
  plans: Partial<Record<PlanName, PlanFacts>>
  /** Seconds after the last disturbance in which a run must end. */
  patience: number
  watch: PlaceWatch
  /** Aborted when all is to end at once. */
  cut: AbortSignal
}

/** A run that is over, and where. */
export interface Told {
  lab: string
  draw: RunDraw
  outcome: Outcome
}

/** A disturbance that never finds its victim is a fault of the draw, not of the lab. */
const mostTries = 6

/** Runs what is in the queue, in several labs at once; what found no victim goes into the queue again, earlier in its run. */
export class Labs {
  readonly #pool: Pool
  readonly #queue: { draw: RunDraw; tries: number }[]
  readonly #tell: (told: Told) => void
  #made = 0

  constructor(pool: Pool, draws: RunDraw[], tell: (told: Told) => void) {
    this.#pool = pool
    this.#queue = draws.map((draw) => ({ draw, tries: 0 }))
    this.#tell = tell
  }

  /** Returns when nothing is under way any more. @throws the signal's reason when it was cut off */
  async work(labs: number): Promise<void> {
    const ends = await Promise.allSettled(
      Array.from({ length: labs }, () =>
        this.#work().catch((error: unknown) => {
          this.#queue.length = 0
          throw error
        }),
      ),
    )
    const broken = ends.find((end) => end.status === 'rejected')
    if (broken) throw broken.reason
  }

  async #work(): Promise<void> {
    let lab: Lab | undefined
    let last: Told | undefined
    /** A run is told when the next one is about to begin: what the end of its lab shows belongs to it. */
    const tell = (more: Fault[] = []): void => {
      last?.outcome.faults.push(...more)
      if (last) this.#tell(last)
      last = undefined
    }
    for (let next; (next = this.#queue.shift());) {
      lab ??= await this.#open()
      const { draw, tries } = next
      const outcome = await this.#run(lab, draw)
      const missed = outcome.missed.map((one) => ({ ...one, moment: earlier(one.moment) }))
      if (missed.length > 0 && tries === mostTries) throw new Error(`never found: ${JSON.stringify(missed)}`)
      if (missed.length > 0) this.#queue.push({ draw: { ...draw, disturbances: missed }, tries: tries + 1 })
      last = { lab: lab.state, draw, outcome }
      if (outcome.faults.length > 0) {
        // Kept as it is: what is wrong with it can be looked at, and must not be blamed on the runs after it.
        await endProcesses(lab.state)
        await lab.store.close()
        lab = undefined
        tell()
      } else if (this.#queue.length > 0) tell()
    }
    if (lab) tell(await this.#close(lab))
  }

  async #run(lab: Lab, draw: RunDraw): Promise<Outcome> {
    const { plans, patience, watch, cut } = this.#pool
    const plan = plans[draw.plan]!
    const outcome = await new DisturbedRun(lab, draw, plan, patience + 2 * plan.pace.run, cut).run()
    const overlaps = watch.overlaps(lab.state).map((what) => ({ kind: 'other' as const, what }))
    return { ...outcome, faults: [...outcome.faults, ...overlaps] }
  }

  async #open(): Promise<Lab> {
    // Of one length: processes are found by their lab's folder, and no name may be the begin of another.
    const lab = new Lab(join(this.#pool.folder, `lab-${String(++this.#made).padStart(4, '0')}`))
    await cp(this.#pool.built, lab.state, { recursive: true, preserveTimestamps: true })
    await lab.open()
    return lab
  }

  /** Puts a lab down and away. @returns what is wrong then: in that case it stays */
  async #close(lab: Lab): Promise<Fault[]> {
    const { code, stderr } = await lab.hyplab('down')
    const faults = await faultsOfLab(lab.state, { service: false })
    if (code !== 0) faults.push({ kind: 'other', what: `hyplab down exits with ${code}: ${stderr}` })
    await lab.store.close()
    if (faults.length === 0) await rm(lab.state, { recursive: true })
    else await endProcesses(lab.state)
    return faults
  }
}

/** Ends all that runs for a folder, what stands still too; a service that is ended late starts others meanwhile. */
export async function endProcesses(folder: string): Promise<void> {
  await awaited(`all processes of ${folder} have gone`, 60, () => {
    const left = processesOf(folder)
    for (const { pid } of left) kill9(pid)
    return left.length === 0 ? true : undefined
  })
}
