import { sql, type Kysely } from 'kysely'

/**
 * What was removed of attempts and builds, when and by which rule; what is pinned; and how much there was when it was last
 * looked at. The indexes answer which kept row still points to an artifact.
 */
const statements = [
  `alter table attempt_artifacts add column removed integer`,
  `alter table attempt_artifacts add column removed_by text`,
  `create index attempt_artifacts_kept on attempt_artifacts (sha256) where removed is null`,
  `alter table builds add column removed integer`,
  `alter table builds add column removed_by text`,
  `create index builds_log on builds (log) where log is not null`,
  `create index products_sha256 on products (sha256)`,
  `create index cells_kernel_build on cells (kernel_build)`,
  `create index cells_firmware_build on cells (firmware_build)`,
  `create index runs_inventory on runs (json_extract(options, '$.inventory.sha256'))`,
  `create table pins (
    run integer not null references runs (id),
    cell integer not null,
    why text not null,
    by text not null,
    at integer not null,
    primary key (run, cell)
  ) strict, without rowid`,
  `create table disk_usage (
    folder text primary key,
    at integer not null,
    used integer not null,
    free integer not null
  ) strict, without rowid`,
]

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
