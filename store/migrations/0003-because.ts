import { sql, type Kysely } from 'kysely'

/** Which finding of the same attempt a finding is a consequence of. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table findings add column because text').execute(database)
}
