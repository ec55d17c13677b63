import type { Store } from '../store.ts'

const hour = 3600_000
/** So often garbage is collected at least. */
const atLatest = 24 * hour
/** So long after one collection the end of a night is no reason for another. */
const atEarliest = 6 * hour

/**
 * Whether garbage is to be collected: a day after the last time, or after a night. In a store that is younger than a day
 * there is none.
 * @param now epoch ms
 */
export async function isCollectionDue(store: Store, now: number): Promise<boolean> {
  const { last } = await store.database
    .selectFrom('disk_usage')
    .select((usage) => usage.fn.max('at').as('last'))
    .executeTakeFirstOrThrow()
  if (last === null) return await hasOldRun(store, now - atLatest)
  if (now - last >= atLatest) return true
  return now - last >= atEarliest && (await hasNightEnded(store, last))
}

async function hasOldRun(store: Store, before: number): Promise<boolean> {
  const row = await store.database.selectFrom('runs').select('started').orderBy('id').limit(1).executeTakeFirst()
  return row !== undefined && row.started < before
}

/** A night has ended since, and none goes on. */
async function hasNightEnded(store: Store, since: number): Promise<boolean> {
  const nights = store.database.selectFrom('nights').innerJoin('runs', 'runs.id', 'nights.run')
  const ended = await nights.select('runs.id').where('runs.ended', '>', since).limit(1).executeTakeFirst()
  if (ended === undefined) return false
  const runs = await nights.select('runs.id').where('runs.state', '=', 'running').limit(1).executeTakeFirst()
  return runs === undefined
}
