import { sql } from 'kysely'
import type { Ending } from '../domain/attempt.ts'
import { counts } from '../domain/verdict/counts.ts'
import { toCell, type StoredCell } from './cells.ts'
import type { Store } from './store.ts'

/** A cell of an earlier night with what its attempts were, without what they showed. */
export interface NightCell extends StoredCell {
  attempts: AttemptsMade
}

/** Attempts of a cell that have ended. */
export interface AttemptsMade {
  /** Those that count. */
  counted: number
  made: number
  /** What all of them took together, from power-on to power-off. */
  seconds: number
}

const none: AttemptsMade = { counted: 0, made: 0, seconds: 0 }

/**
 * The cells of some runs, by run, in the order of their numbers. Reads no findings: a season of nights has millions.
 */
export async function cellsOfRuns(store: Store, runs: readonly number[]): Promise<Map<number, NightCell[]>> {
  if (runs.length === 0) return new Map()
  const rows = await store.database
    .selectFrom('cells')
    .selectAll()
    .where('run', 'in', runs)
    .orderBy('run')
    .orderBy('number')
    .execute()
  const attempts = await attemptsMade(store, runs)
  const cells = rows.map((row) => ({ ...toCell(row), attempts: attempts.get(keyOf(row.run, row.number)) ?? none }))
  return Map.groupBy(cells, ({ run }) => run)
}

/** What the attempts of one cell were so far. */
export async function attemptsOf(store: Store, run: number, cell: number): Promise<AttemptsMade> {
  return (await attemptsMade(store, [run])).get(keyOf(run, cell)) ?? none
}

async function attemptsMade(store: Store, runs: readonly number[]): Promise<Map<string, AttemptsMade>> {
  const rows = await store.database
    .selectFrom('attempts')
    .where('run', 'in', runs)
    .where('ended', 'is not', null)
    .groupBy(['run', 'cell', 'ending'])
    .select(['run', 'cell', 'ending'])
    .select([sql<number>`count(*)`.as('made'), sql<number>`sum(ended - started)`.as('milliseconds')])
    .execute()
  const all = new Map<string, AttemptsMade>()
  for (const { run, cell, ending, made, milliseconds } of rows) {
    const before = all.get(keyOf(run, cell)) ?? none
    all.set(keyOf(run, cell), {
      counted: before.counted + (counts(ending as Ending) ? made : 0),
      made: before.made + made,
      seconds: before.seconds + milliseconds / 1000,
    })
  }
  return all
}

function keyOf(run: number, cell: number): string {
  return `${run}.${cell}`
}
