import { sql, type Kysely } from 'kysely'

/** The schedules that were given to the server, and the nights that they began. */
const statements = [
  `create table schedules (
    name text primary key,
    file text not null,
    digest text not null,
    server text not null,
    applied integer not null
  ) strict, without rowid`,
  `create table nights (
    id integer primary key autoincrement,
    workflow text not null unique,
    schedule text not null,
    due integer not null,
    begun integer not null,
    run integer references runs (id),
    fault text,
    check ((run is null) = (fault is not null))
  ) strict`,
  `create index nights_schedule on nights (schedule, due)`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
