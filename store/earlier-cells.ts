import type { Store } from './store.ts'

/**
 * The cells of earlier runs of a plan with one cell's id, newest first.
 * @param before the run before which they were run
 */
export async function earlierCells(
  store: Store,
  { plan, cell, before }: { plan: string; cell: string; before: number },
  limit = 120,
): Promise<{ run: number; number: number }[]> {
  return await store.database
    .selectFrom('cells')
    .innerJoin('runs', 'runs.id', 'cells.run')
    .select(['cells.run', 'cells.number'])
    .where('runs.plan', '=', plan)
    .where('cells.id', '=', cell)
    .where('cells.run', '<', before)
    .orderBy('cells.run', 'desc')
    .limit(limit)
    .execute()
}

/** The cell of a run with that id; undefined when it has none. */
export async function cellNamed(store: Store, run: number, cell: string): Promise<number | undefined> {
  const rows = store.database.selectFrom('cells').select('number').where('run', '=', run).where('id', '=', cell)
  return (await rows.executeTakeFirst())?.number
}
