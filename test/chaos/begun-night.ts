import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { runDetail } from '../../store/details.ts'
import { eventsAfter } from '../../store/events.ts'
import { listNights } from '../../store/nights.ts'
import { latestRun } from '../../store/runs.ts'
import type { Lab } from '../e2e/own-lab.ts'
import { openWorkflows } from './check-lab.ts'
import type { Fault } from './check-run.ts'

/** So long after its command has ended a night may begin, seconds: beside others, with a server that comes again. */
const patience = 60
/** A server that has begun no night for so long begins none, seconds. */
const quietSeconds = 3

/** More nights and events than a lab has. */
const all = 100_000

/**
 * A night that a command has a schedule begin, and what must come of it: one row, one run, one verdict for each cell.
 */
export class BegunNight {
  readonly #lab: Lab
  readonly #schedule: string
  /** How many nights and which run there were before. */
  readonly #before: { nights: number; run: number }
  /** What was wrong with the schedule. */
  readonly faults: Fault[]

  private constructor(lab: Lab, schedule: string, before: { nights: number; run: number }, faults: Fault[]) {
    this.#lab = lab
    this.#schedule = schedule
    this.#before = before
    this.faults = faults
  }

  /** Gives the schedule to the lab's server, which has it from the first time on. */
  static async prepare(lab: Lab, file: string): Promise<BegunNight> {
    const schedule = basename(file, '.yaml')
    const nights = (await listNights(lab.store, schedule, all)).length
    const { code, stdout, stderr } = await lab.hyplab('schedule', 'apply', file)
    const right =
      code === 0 && new RegExp(`^${schedule}: ${nights === 0 ? '(created|as it is)' : 'as it is'}$`).test(stdout)
    const what = `hyplab schedule apply exits with ${code}: ${stdout} ${stderr}`
    const run = (await latestRun(lab.store))?.id ?? 0
    return new BegunNight(lab, schedule, { nights, run }, right ? [] : [{ kind: 'other', what }])
  }

  /** Of the command that begins and follows it. */
  get args(): string[] {
    return ['schedule', 'trigger', this.#schedule, '--watch']
  }

  /** Waits, when the command has ended, until the night has a run, or the server has nothing that could become one. */
  async settled(cut: AbortSignal): Promise<void> {
    let quiet = performance.now()
    for (const deadline = quiet + patience * 1000; performance.now() < deadline && !cut.aborted;) {
      if (((await latestRun(this.#lab.store))?.id ?? 0) > this.#before.run) return
      const open = await openWorkflows(this.#lab.state).catch((error: Error) => [error.message])
      if (open.length > 0) quiet = performance.now()
      if (performance.now() - quiet > quietSeconds * 1000) return
      await delay(200)
    }
  }

  /**
   * @param run the one that it became, which has ended; undefined when the command was killed before it could say so
   */
  async check(run: number | undefined): Promise<Fault[]> {
    const faults: Fault[] = []
    const add = (what: string): void => void faults.push({ kind: 'other', what })
    const { store } = this.#lab
    const nights = (await listNights(store, this.#schedule, all)).length - this.#before.nights
    if (nights !== (run === undefined ? 0 : 1)) add(`${nights} nights were written for run ${run ?? 'none'}`)
    const runs = ((await latestRun(store))?.id ?? 0) - this.#before.run
    if (runs !== (run === undefined ? 0 : 1)) add(`${runs} runs were written for one night`)
    if (run === undefined) return faults
    const events = await eventsAfter(store, run, 0, all)
    const ends = events.filter(({ kind }) => kind === 'run-ended').length
    if (ends > 1) add(`run ${run} was told to have ended ${ends} times`)
    const { cells } = await runDetail(store, run)
    for (const { number } of cells) {
      const told = events.filter(({ kind, cell }) => kind === 'verdict' && cell === number)
      const verdicts = new Set(told.map(({ data }) => (data as { verdict: string }).verdict))
      if (verdicts.size > 1) add(`${run}.${number} was told to be ${[...verdicts].join(' and ')}`)
    }
    return [...faults, ...(await this.#checkReport(run, cells.length))]
  }

  /** What a user is told in the morning: each cell once, nothing to be looked at. */
  async #checkReport(run: number, cells: number): Promise<Fault[]> {
    const { code, stdout, stderr } = await this.#lab.hyplab('report', this.#schedule, '--json')
    const told = code === undefined || stdout === '' ? undefined : (JSON.parse(stdout) as Report)
    const counted = Object.values(told?.story.counts ?? {}).reduce((sum, count) => sum + count, 0)
    if (code === 0 && told?.night.run === run && counted === cells) return []
    const what = `the report of run ${run} exits with ${code} and tells run ${told?.night.run} with ${counted} of ${cells} cells: ${stderr}`
    return [{ kind: 'other', what }]
  }
}

interface Report {
  night: { run: number | null }
  story: { counts: Record<string, number> }
}
