import type { BuildIdentity } from '../domain/build.ts'
import { slowPace, type Pace } from '../domain/stage/pace.ts'
import type { Store } from './store.ts'

/** Older attempts say little about the host as it is today. */
const remembered = 50

/**
 * What this host needed before: how slow each stage was in the last 50 attempts on that target that reached their end.
 * Attempts that hung or were broken off are left out: their silence is our own limit.
 */
export async function paceHistory(store: Store, target: string): Promise<Pace> {
  const rows = await finishedAttempts(store, target).select(['silences', 'stage_seconds']).limit(remembered).execute()
  return slowPace(
    rows.map(({ silences, stage_seconds }) => ({
      silences: JSON.parse(silences ?? '{}') as Pace['silences'],
      stages: JSON.parse(stage_seconds ?? '{}') as Pace['stages'],
    })),
  )
}

/** How many seconds the last attempt on that target took that reached its end; undefined when none has. */
export async function bootSeconds(store: Store, target: string): Promise<number | undefined> {
  const row = await finishedAttempts(store, target).select(['started', 'ended']).limit(1).executeTakeFirst()
  return row?.ended == null ? undefined : (row.ended - row.started) / 1000
}

/**
 * How many seconds the last build of that kind and name took that did not fail; undefined when there is none: what another
 * took, in a tree that was built before, says nothing of a first build.
 */
export async function buildSeconds(
  store: Store,
  kind: BuildIdentity['kind'],
  name: string,
): Promise<number | undefined> {
  const row = await store.database
    .selectFrom('builds')
    .select('seconds')
    .where('kind', '=', kind)
    .where('name', '=', name)
    .where('outcome', '=', 'ok')
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
