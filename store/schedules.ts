import type { Store } from './store.ts'

/** A schedule as it was last given to the Temporal server. */
export interface AppliedSchedule {
  name: string
  /** Absolute. */
  file: string
  /** Of all that the server was told: equal digests, equal schedules. */
  digest: string
  /** Of what the server had of it then: another one there, and somebody else has changed it. */
  server: string
  /** Epoch ms. */
  applied: number
}

/** Remembers a schedule in the place of what was known of it. */
export async function writeSchedule(store: Store, schedule: AppliedSchedule): Promise<void> {
  const { name: _, ...update } = schedule
  await store.database
    .insertInto('schedules')
    .values(schedule)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(update))
    .execute()
}

/** All schedules that were applied and not removed, by name. */
export async function listSchedules(store: Store): Promise<AppliedSchedule[]> {
  return await store.database.selectFrom('schedules').selectAll().orderBy('name').execute()
}

/** Forgets a schedule. Its nights stay. */
export async function deleteSchedule(store: Store, name: string): Promise<void> {
  await store.database.deleteFrom('schedules').where('name', '=', name).execute()
}
