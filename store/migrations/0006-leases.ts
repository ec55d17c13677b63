import { sql, type Kysely } from 'kysely'

/** Who holds which place of a lab. A row stays for ever, because its fence may only grow. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table leases (
        place text primary key,
        fence integer not null,
        holder text,
        why text,
        since integer,
        until integer,
        suspect text
      ) strict`,
    )
    .execute(database)
}
