import type { Transaction } from 'kysely'
import { cellKey, lastGoods, newestOfEach, type CellResult } from '../../domain/keep/last-results.ts'
import { heldAfter } from '../../domain/lease/hold.ts'
import type { Verdict } from '../../domain/verdict/verdict.ts'
import type { Tables } from '../database/tables.ts'
import type { Store } from '../store.ts'

/** What nothing may be removed of, whatever the rules say. */
export interface Spared {
  /** Why nothing of a cell may go; undefined when the rules decide. */
  why(run: number, cell: number): string | undefined
  /** Whether it is of the last good result of a cell before one that was not. */
  isLastGood(run: number, cell: number): boolean
}

/** Of a schedule that has had no night for so long nobody holds a night against the last one, ms. */
const forgottenAfter = 365 * 24 * 3600_000

/**
 * Reads what pins, running runs, boards that are kept after an attempt, and the last results of each schedule hold.
 * @param now epoch ms
 */
export async function readSpared(store: Store, now: number): Promise<Spared> {
  const database = store.database
  const snapshot = database.transaction().setAccessMode('read only')
  const { running, pins, held, plans, nights } = await snapshot.execute(async (transaction) => ({
    running: await runningRunIds(transaction),
    pins: await transaction.selectFrom('pins').select(['run', 'cell', 'why']).execute(),
    held: await heldAttempts(transaction),
    plans: await resultsByPlan(transaction),
    nights: await resultsBySchedule(transaction, now),
  }))
  const pinned = new Map(pins.map(({ run, cell, why }) => [`${run}.${cell}`, why]))
  const last = newestOfEach(nights)
  const good = lastGoods(plans)
  return {
    isLastGood: (run, cell) => good.has(cellKey({ run, cell })),
    why(run, cell) {
      const key = cellKey({ run, cell })
      if (running.has(run)) return `run ${run} has not ended`
      const reason = pinned.get(`${run}.0`) ?? pinned.get(key)
      if (reason !== undefined) return `pinned: ${reason}`
      if (held.has(key)) return 'its board is kept for somebody'
      return last.has(key) ? 'the last result of its kind in a schedule' : undefined
    },
  }
}

/** The runs that have not ended; for the queries beside this file. */
export async function runningRunIds(transaction: Transaction<Tables>): Promise<Set<number>> {
  const rows = await transaction.selectFrom('runs').select('id').where('state', '=', 'running').execute()
  return new Set(rows.map(({ id }) => id))
}

async function heldAttempts(transaction: Transaction<Tables>): Promise<Set<string>> {
  const rows = await transaction.selectFrom('leases').select('why').where('holder', 'is not', null).execute()
  const attempts = rows.flatMap(({ why }) => heldAfter(why ?? '') ?? [])
  return new Set(attempts.map((attempt) => attempt.split('.').slice(0, 2).join('.')))
}

async function resultsByPlan(transaction: Transaction<Tables>): Promise<CellResult[]> {
  const rows = await transaction
    .selectFrom('cells')
    .innerJoin('runs', 'runs.id', 'cells.run')
    .select(['cells.run', 'cells.number', 'cells.id', 'cells.verdict', 'runs.plan'])
    .where('cells.verdict', 'is not', null)
    .orderBy('cells.run')
    .execute()
  return rows.map(({ run, number, id, verdict, plan }) => ({
    run,
    cell: number,
    line: `${plan}\0${id}`,
    verdict: verdict as Verdict,
  }))
}

async function resultsBySchedule(transaction: Transaction<Tables>, now: number): Promise<CellResult[]> {
  const alive = transaction
    .selectFrom('nights')
    .select('schedule')
    .groupBy('schedule')
    .having((night) => night(night.fn.max('begun'), '>=', now - forgottenAfter))
  const rows = await transaction
    .selectFrom('nights')
    .innerJoin('cells', 'cells.run', 'nights.run')
    .select(['cells.run', 'cells.number', 'cells.id', 'cells.verdict', 'nights.schedule'])
    .where('cells.verdict', 'is not', null)
    .where('nights.schedule', 'in', alive)
    .orderBy('nights.due')
    .orderBy('nights.id')
    .execute()
  return rows.map(({ run, number, id, verdict, schedule }) => ({
    run,
    cell: number,
    line: `${schedule}\0${id}`,
    verdict: verdict as Verdict,
  }))
}
