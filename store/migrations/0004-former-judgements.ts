import { sql, type Kysely } from 'kysely'

/** What a run was judged to be before it was judged again: nothing that was once said is lost. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table former_judgements (
        run integer not null references runs (id),
        number integer not null,
        replaced integer not null,
        judgement text not null,
        primary key (run, number)
      ) strict, without rowid`,
    )
    .execute(database)
}
