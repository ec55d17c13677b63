import { sql, type Kysely } from 'kysely'

/** Why a cell was not run, and the versions of the programs that it was made and run with. */
const statements = ['alter table cells add column not_run text', 'alter table cells add column tools text']

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
