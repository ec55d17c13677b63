import { sql, type Kysely } from 'kysely'

/**
 * Runs, cells, builds, attempts, findings and the feed of events. `strict` makes SQLite refuse a value of the wrong
 * type. `autoincrement` keeps a number from being given twice, even when its row has been deleted.
 */
const statements = [
  `create table runs (
    id integer primary key autoincrement,
    workflow text not null unique,
    plan text not null,
    plan_text text not null,
    plan_file text not null,
    started integer not null,
    ended integer,
    state text not null check (state in ('running', 'finished', 'cancelled', 'failed')),
    exit_code integer,
    summary text,
    check ((state = 'running') = (ended is null))
  ) strict`,
  `create table cells (
    run integer not null references runs (id),
    number integer not null,
    id text not null,
    target text not null,
    cell text not null,
    kernel_build text,
    firmware_build text,
    verdict text,
    judgement text,
    primary key (run, number),
    unique (run, id),
    check ((verdict is null) = (judgement is null))
  ) strict, without rowid`,
  `create index cells_target on cells (target)`,
  `create table builds (
    id text primary key,
    kind text not null,
    name text not null,
    inputs text not null,
    outcome text not null check (outcome in ('ok', 'failed')),
    fault text,
    log text,
    started integer not null,
    seconds real not null,
    check ((outcome = 'failed') = (fault is not null))
  ) strict`,
  `create index builds_name on builds (kind, name, started)`,
  `create table products (
    build text not null references builds (id) on delete cascade,
    name text not null,
    sha256 text not null,
    size integer not null,
    primary key (build, name)
  ) strict, without rowid`,
  `create table attempts (
    run integer not null,
    cell integer not null,
    number integer not null,
    place text not null,
    fence integer not null,
    folder text not null,
    started integer not null,
    ended integer,
    stage text,
    ending text,
    sentence text,
    host text,
    silences text,
    judged integer,
    probes text,
    primary key (run, cell, number),
    foreign key (run, cell) references cells (run, number),
    check ((ending is null) = (ended is null))
  ) strict, without rowid`,
  `create index attempts_place on attempts (place, fence)`,
  `create table attempt_artifacts (
    run integer not null,
    cell integer not null,
    attempt integer not null,
    name text not null,
    sha256 text not null,
    size integer not null,
    world text,
    primary key (run, cell, attempt, name),
    foreign key (run, cell, attempt) references attempts (run, cell, number)
  ) strict, without rowid`,
  `create table findings (
    run integer not null,
    cell integer not null,
    attempt integer not null,
    position integer not null,
    id text not null,
    outcome text not null,
    sentence text not null,
    evidence text not null,
    facts text not null,
    primary key (run, cell, attempt, position),
    foreign key (run, cell, attempt) references attempts (run, cell, number)
  ) strict, without rowid`,
  `create table events (
    seq integer primary key autoincrement,
    run integer references runs (id),
    time integer not null,
    kind text not null,
    cell integer,
    attempt integer,
    build text,
    data text not null,
    check (run is not null or build is not null)
  ) strict`,
  `create index events_run on events (run)`,
  `create index events_build on events (build) where run is null`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}
