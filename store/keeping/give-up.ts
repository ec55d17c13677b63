import type { Transaction } from 'kysely'
import type { Tables } from '../database/tables.ts'
import type { Store } from '../store.ts'
import { runningRunIds } from './spared.ts'

/** Files of an attempt that are given up by one rule. */
export interface GivenUp {
  run: number
  cell: number
  attempt: number
  names: string[]
  rule: string
}

/**
 * Notes that files of attempts of one run are given up: from then on nothing counts on them, and `sweepArtifacts` may take
 * their bytes away. What was pinned meanwhile stays.
 * @param at epoch ms
 * @returns those that were given up
 */
export async function giveUpFiles(store: Store, run: number, going: GivenUp[], at: number): Promise<GivenUp[]> {
  if (going.length === 0) return []
  return await store.database.transaction().execute(async (transaction) => {
    if ((await runningRunIds(transaction)).has(run)) return []
    const pins = await transaction.selectFrom('pins').select('cell').where('run', '=', run).execute()
    const isPinned = (cell: number): boolean => pins.some((pin) => pin.cell === 0 || pin.cell === cell)
    const given = going.filter(({ cell }) => !isPinned(cell))
    for (const { cell, attempt, names, rule } of given)
      await transaction
        .updateTable('attempt_artifacts')
        .set({ removed: at, removed_by: rule })
        .where('run', '=', run)
        .where('cell', '=', cell)
        .where('attempt', '=', attempt)
        .where('name', 'in', names)
        .where('removed', 'is', null)
        .execute()
    return given
  })
}

/**
 * Notes that what a build made is given up, unless a run has come that needs it: it is made again when somebody asks for it.
 * @param at epoch ms
 * @returns whether it was
 */
export async function giveUpBuild(store: Store, build: string, rule: string, at: number): Promise<boolean> {
  return await store.database.transaction().execute(async (transaction) => {
    if (await isNeeded(transaction, build)) return false
    await transaction
      .updateTable('builds')
      .set({ removed: at, removed_by: rule })
      .where('id', '=', build)
      .where('removed', 'is', null)
      .execute()
    return true
  })
}

async function isNeeded(transaction: Transaction<Tables>, build: string): Promise<boolean> {
  const row = await transaction
    .selectFrom('cells')
    .innerJoin('runs', 'runs.id', 'cells.run')
    .select('cells.run')
    .where((cell) => cell.or([cell('kernel_build', '=', build), cell('firmware_build', '=', build)]))
    .where((cell) =>
      cell.or([
        cell('runs.state', '=', 'running'),
        cell.exists(
          cell
            .selectFrom('pins')
            .select('pins.run')
            .whereRef('pins.run', '=', 'cells.run')
            .where((pin) => pin.or([pin('pins.cell', '=', 0), pin('pins.cell', '=', pin.ref('cells.number'))])),
        ),
      ]),
    )
    .executeTakeFirst()
  return row !== undefined
}
