import { sql, type Kysely } from 'kysely'

/** What a run's story is started with, so that it can be started by somebody else than the command that wrote the run. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table runs add column options text').execute(database)
}
