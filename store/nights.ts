import type { Store } from './store.ts'

/** One time that a schedule came to. Times are epoch milliseconds. */
export interface Night {
  id: number
  schedule: string
  workflowId: string
  /** The hour that it was planned for. */
  due: number
  begun: number
  /** The run that it became; null when there could be none, and then why, in one sentence. */
  run: number | null
  fault: string | null
}

/** Writes a night; it is known by its workflow id, and a second call with the same one changes nothing. */
export async function writeNight(store: Store, night: Omit<Night, 'id'>): Promise<void> {
  const { workflowId, ...row } = night
  await store.database
    .insertInto('nights')
    .values({ ...row, workflow: workflowId })
    .onConflict((conflict) => conflict.column('workflow').doNothing())
    .execute()
}

/** The newest nights of a schedule, or of all, newest first. */
export async function listNights(store: Store, schedule: string | undefined, limit: number): Promise<Night[]> {
  const rows = await store.database
    .selectFrom('nights')
    .selectAll()
    .$if(schedule !== undefined, (query) => query.where('schedule', '=', schedule!))
    .orderBy('due', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ workflow, ...row }) => ({ ...row, workflowId: workflow }))
}
