import type { BuildIdentity } from '../builds/build.ts'
import type { Stage } from '../domain/stage/stage.ts'
import type { Store } from './store.ts'

/** Older attempts say little about the host as it is today. */
const remembered = 50

/**
 * What this host needed before: for each stage, the longest silence in seconds of the last 50 attempts on that target
 * that reached their end. Attempts that hung or were broken off are left out: their silence is our own limit.
 */
export async function silenceHistory(store: Store, target: string): Promise<Partial<Record<Stage, number>>> {
  const rows = await finishedAttempts(store, target).select('silences').limit(remembered).execute()
  const longest: Partial<Record<Stage, number>> = {}
  for (const { silences } of rows) {
    for (const [stage, seconds] of Object.entries(JSON.parse(silences ?? '{}') as Record<Stage, number>)) {
      longest[stage as Stage] = Math.max(longest[stage as Stage] ?? 0, seconds)
    }
  }
  return longest
}

/** How many seconds the last attempt on that target took that reached its end; undefined when none has. */
export async function bootSeconds(store: Store, target: string): Promise<number | undefined> {
  const row = await finishedAttempts(store, target).select(['started', 'ended']).limit(1).executeTakeFirst()
  return row?.ended == null ? undefined : (row.ended - row.started) / 1000
}

/** How many seconds the last build of that kind took that did not fail, that of the same name if there is one; undefined when none has. */
export async function buildSeconds(
  store: Store,
  kind: BuildIdentity['kind'],
  name: string,
): Promise<number | undefined> {
  const row = await store.database
    .selectFrom('builds')
    .select('seconds')
    .where('kind', '=', kind)
    .where('outcome', '=', 'ok')
    .orderBy((build) => build('name', '=', name), 'desc')
    .orderBy('started', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.seconds
}

/** Newest first. */
function finishedAttempts(store: Store, target: string) {
  return store.database
    .selectFrom('attempts')
    .innerJoin('cells', (join) =>
      join.onRef('cells.run', '=', 'attempts.run').onRef('cells.number', '=', 'attempts.cell'),
    )
    .where('cells.target', '=', target)
    .where('attempts.ending', '=', 'finished')
    .orderBy('attempts.ended', 'desc')
}
