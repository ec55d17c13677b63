import { sql, type Kysely } from 'kysely'

/** Who was told what of the nights: what holds still, what is gathered for a digest, what is on its way, and which nights nobody is told of. */
const statements = [
  `create table told_to (
    schedule text not null,
    target text not null,
    night integer not null references nights (id),
    due integer not null,
    digest integer,
    primary key (schedule, target)
  ) strict, without rowid`,
  `create table told (
    schedule text not null,
    target text not null,
    what text not null,
    thread text not null,
    primary key (schedule, target, what)
  ) strict, without rowid`,
  `create table deliveries (
    id text primary key,
    schedule text not null,
    target text not null,
    night integer not null references nights (id),
    subject text not null,
    text text not null,
    data text not null,
    thread text,
    opens text not null,
    closes text not null,
    state text not null check (state in ('waiting', 'sent', 'undelivered')),
    answer text,
    written integer not null,
    ended integer
  ) strict, without rowid`,
  `create index deliveries_night on deliveries (night)`,
  `create table gathered (
    schedule text not null,
    target text not null,
    night integer not null references nights (id),
    gathered text not null,
    delivery text references deliveries (id),
    primary key (schedule, target, night)
  ) strict, without rowid`,
  `create table quiet (
    id integer primary key autoincrement,
    schedule text not null,
    from_due integer not null,
    to_due integer not null,
    asked integer not null,
    once integer not null,
    night integer references nights (id)
  ) strict`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
