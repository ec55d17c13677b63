import type { Selectable } from 'kysely'
import { LabError } from '../domain/errors.ts'
import type { EventRow } from './database/tables.ts'
import type { RunState } from './runs.ts'
import type { Store } from './store.ts'

/** One step of the progress that `hyplab watch` follows. */
export interface LabEvent {
  /** Grows with every event of this store. */
  seq: number
  /** Null for an event of a build, which may serve several runs. */
  run: number | null
  /** Epoch milliseconds. */
  time: number
  /** What happened, e.g. `stage`; named by who writes it. */
  kind: string
  /** Number of the cell in its run. */
  cell: number | null
  /** Number of the attempt in its cell. */
  attempt: number | null
  /** Build id. */
  build: string | null
  data: unknown
}

export type NewEvent = Pick<LabEvent, 'time' | 'kind' | 'data'> &
  Partial<Pick<LabEvent, 'run' | 'cell' | 'attempt' | 'build'>>

/** Appends an event (of a run, or of a build without a run) and returns its `seq`. */
export async function addEvent(store: Store, event: NewEvent): Promise<number> {
  const { seq } = await store.database
    .insertInto('events')
    .values({
      run: event.run ?? null,
      time: event.time,
      kind: event.kind,
      cell: event.cell ?? null,
      attempt: event.attempt ?? null,
      build: event.build ?? null,
      data: JSON.stringify(event.data ?? null),
    })
    .returning('seq')
    .executeTakeFirstOrThrow()
  return seq
}

/** The sentence that was said last of a run, of one of its cells, or of one attempt, and of nothing below it. */
export async function lastSaid(
  store: Store,
  { run, cell, attempt }: { run: number; cell?: number; attempt?: number },
): Promise<string | undefined> {
  const row = await store.database
    .selectFrom('events')
    .select('data')
    .where('run', '=', run)
    .where('cell', 'is', cell ?? null)
    .where('attempt', 'is', attempt ?? null)
    .where('kind', '=', 'say')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && (JSON.parse(row.data) as { text: string }).text
}

/** How far a store is, for whoever follows a run: told by one row of each of two tables, however large they are. */
export interface Progress {
  state: RunState
  /** The `seq` of the newest event of the whole store; 0 when there is none. */
  newest: number
}

/** @throws LabError BadInput when there is no such run. */
export async function progressOf(store: Store, run: number): Promise<Progress> {
  const row = await store.database
    .selectFrom('runs')
    .select([
      'state',
      (of) =>
        of
          .selectFrom('events')
          .select((event) => event.fn.max('seq').as('seq'))
          .as('newest'),
    ])
    .where('id', '=', run)
    .executeTakeFirst()
  if (row === undefined) throw new LabError('BadInput', `There is no run ${run}.`)
  return { state: row.state as RunState, newest: row.newest ?? 0 }
}

/**
 * At most `limit` events after `seq`, in their order: those of the run, and those of the builds that its cells name, as
 * far as they were written since the run started, whoever ordered the build. Name a cell's builds (`setCellBuilds`)
 * before they start, or a reader may have gone past their first events. SQLite has one writer at a time, so no event
 * ever appears behind one that was read already.
 */
export async function eventsAfter(store: Store, run: number, seq: number, limit = 1000): Promise<LabEvent[]> {
  const events = store.database.selectFrom('events').selectAll().where('seq', '>', seq)
  const cells = store.database.selectFrom('cells').where('run', '=', run)
  const ofBuilds = events
    .where('events.run', 'is', null)
    .where('time', '>=', store.database.selectFrom('runs').select('started').where('id', '=', run))
    .where('build', 'in', cells.select('kernel_build as build').union(cells.select('firmware_build as build')))
  const rows = await events.where('events.run', '=', run).unionAll(ofBuilds).orderBy('seq').limit(limit).execute()
  return rows.map(withData)
}

/**
 * The same events out of a short stretch of the store, after `seq` and up to `newest`: only that stretch is read, and of the
 * run's cells those alone that name a build of which there is an event in it.
 */
export async function eventsWithin(store: Store, run: number, seq: number, newest: number): Promise<LabEvent[]> {
  const rows = await store.database
    .selectFrom('events')
    .selectAll()
    .where('seq', '>', seq)
    .where('seq', '<=', newest)
    .where((event) =>
      event.or([
        // By the bare column SQLite would go through all events of the run, of which there is an index.
        event(event.fn.coalesce('events.run', event.lit(0)), '=', run),
        event.and([
          event('events.run', 'is', null),
          event('time', '>=', event.selectFrom('runs').select('started').where('id', '=', run)),
          event.exists(
            event
              .selectFrom('cells')
              .select('cells.number')
              .where('cells.run', '=', run)
              .where((cell) =>
                cell.or([
                  cell('kernel_build', '=', cell.ref('events.build')),
                  cell('firmware_build', '=', cell.ref('events.build')),
                ]),
              ),
          ),
        ]),
      ]),
    )
    .orderBy('seq')
    .execute()
  return rows.map(withData)
}

function withData(row: Selectable<EventRow>): LabEvent {
  return { ...row, data: JSON.parse(row.data) as unknown }
}
