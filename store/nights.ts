import type { Selectable } from 'kysely'
import type { Night } from '../domain/night/night.ts'
import type { Verdict } from '../domain/verdict/verdict.ts'
import type { NightRow } from './database/tables.ts'
import type { Store } from './store.ts'

export type { Night }

/** Of a cell that says nothing for longer than that, nothing is known any longer. */
const recentNights = 120

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
  return rows.map(toNight)
}

/**
 * A night of a schedule and those before it, newest first.
 * @param from the night's id; the newest when undefined
 */
export async function nightsOf(
  store: Store,
  schedule: string,
  from: number | undefined,
  limit: number,
): Promise<Night[]> {
  const start = await store.database
    .selectFrom('nights')
    .select(['due', 'id'])
    .where('schedule', '=', schedule)
    .$if(from !== undefined, (query) => query.where('id', '=', from!))
    .orderBy('due', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!start) return []
  const rows = await store.database
    .selectFrom('nights')
    .selectAll()
    .where('schedule', '=', schedule)
    .where((night) =>
      night.or([night('due', '<', start.due), night.and([night('due', '=', start.due), night('id', '<=', start.id)])]),
    )
    .orderBy('due', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toNight)
}

/** The runs of a schedule's nights that have not ended, oldest first. */
export async function nightsUnderWay(store: Store, schedule: string): Promise<number[]> {
  const rows = await store.database
    .selectFrom('nights')
    .innerJoin('runs', 'runs.id', 'nights.run')
    .select('runs.id')
    .where('nights.schedule', '=', schedule)
    .where('runs.state', '=', 'running')
    .orderBy('runs.id')
    .execute()
  return rows.map(({ id }) => id)
}

/** The night that a run is; undefined for a run that nobody's schedule began. */
export async function nightOfRun(store: Store, run: number): Promise<Night | undefined> {
  const row = await store.database.selectFrom('nights').selectAll().where('run', '=', run).executeTakeFirst()
  return row && toNight(row)
}

/** The night whose story a workflow tells; undefined when none was written. */
export async function nightOfWorkflow(store: Store, workflowId: string): Promise<Night | undefined> {
  const row = await store.database
    .selectFrom('nights')
    .selectAll()
    .where('workflow', '=', workflowId)
    .executeTakeFirst()
  return row && toNight(row)
}

/** The nights of a schedule that were written after another one, oldest first. */
export async function nightsAfter(store: Store, schedule: string, id: number): Promise<Night[]> {
  const rows = await store.database
    .selectFrom('nights')
    .selectAll()
    .where('schedule', '=', schedule)
    .where('id', '>', id)
    .orderBy('id')
    .execute()
  return rows.map(toNight)
}

/** The verdicts of a cell in the nights before that of a run, of the same schedule, newest first. */
export async function verdictsBefore(store: Store, run: number, cell: string): Promise<Verdict[]> {
  const night = await nightOfRun(store, run)
  if (!night) return []
  const rows = await store.database
    .selectFrom('nights')
    .innerJoin('cells', 'cells.run', 'nights.run')
    .select('cells.verdict')
    .where('nights.schedule', '=', night.schedule)
    .where('cells.id', '=', cell)
    .where('cells.verdict', 'is not', null)
    .where((row) =>
      row.or([row('due', '<', night.due), row.and([row('due', '=', night.due), row('nights.id', '<', night.id)])]),
    )
    .orderBy('nights.due', 'desc')
    .orderBy('nights.id', 'desc')
    .limit(recentNights)
    .execute()
  return rows.map(({ verdict }) => verdict as Verdict)
}

function toNight({ workflow, ...row }: Selectable<NightRow>): Night {
  return { ...row, workflowId: workflow }
}
