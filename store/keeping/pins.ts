import type { Store } from '../store.ts'

/** A run, or one cell of it, of which nothing is removed. */
export interface Pin {
  run: number
  /** Its number in the run; undefined for the whole run. */
  cell: number | undefined
  why: string
  /** Who pinned it. */
  by: string
  /** Epoch ms. */
  at: number
}

/** Pins a run or a cell; one that is pinned already gets the new reason. */
export async function pin(store: Store, { run, cell = 0, why, by, at }: Pin): Promise<void> {
  await store.database
    .insertInto('pins')
    .values({ run, cell, why, by, at })
    .onConflict((conflict) => conflict.columns(['run', 'cell']).doUpdateSet({ why, by, at }))
    .execute()
}

/** Takes a pin away. @returns whether there was one */
export async function unpin(store: Store, { run, cell = 0 }: Pick<Pin, 'run' | 'cell'>): Promise<boolean> {
  const { numDeletedRows } = await store.database
    .deleteFrom('pins')
    .where('run', '=', run)
    .where('cell', '=', cell)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** All pins, by run and cell. */
export async function listPins(store: Store): Promise<Pin[]> {
  const rows = await store.database.selectFrom('pins').selectAll().orderBy('run').orderBy('cell').execute()
  return rows.map(({ cell, ...pin }) => ({ ...pin, cell: cell === 0 ? undefined : cell }))
}
