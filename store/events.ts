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
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as unknown }))
}
