import { sql, type Kysely } from 'kysely'

/** How long each stage of an attempt took: a host's slowest stages stretch the limits of later attempts. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table attempts add column stage_seconds text').execute(database)
}
