import type { Ending } from '../domain/attempt.ts'
import type { Store } from './store.ts'

/** How the last attempts on a place ended, newest first; cancelled ones say nothing and are left out. */
export async function lastEndings(store: Store, place: string, limit: number): Promise<Ending[]> {
  const rows = await store.database
    .selectFrom('attempts')
    .select('ending')
    .where('place', '=', place)
    .where('ending', 'is not', null)
    .where('ending', '!=', 'cancelled')
    .orderBy('ended', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ ending }) => ending as Ending)
}
