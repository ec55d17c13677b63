import type { Transaction } from 'kysely'
import type { Ending } from '../domain/attempt.ts'
import { LabError } from '../domain/errors.ts'
import type { Finding } from '../domain/finding.ts'
import type { CellVerdict } from '../domain/verdict/verdict.ts'
import { insertFindings, readAttempts, type AttemptEnd } from './attempt.ts'
import { toCell } from './cells.ts'
import type { Tables } from './database/tables.ts'
import { toRun } from './runs.ts'
import type { Store } from './store.ts'

/** What all the attempts of a run were judged to be, at one time. */
export interface Judgement {
  exitCode: number | null
  summary: string | null
  cells: JudgedCell[]
}

export interface JudgedCell {
  number: number
  verdict: CellVerdict | null
  /** Those that have ended. */
  attempts: JudgedAgain[]
}

export interface JudgedAgain {
  number: number
  ending: Ending
  sentence: string
  findings: Finding[]
  judged: AttemptEnd['judged']
}

/** A judgement that another one has replaced. */
export interface FormerJudgement {
  run: number
  /** From 1, the oldest. */
  number: number
  /** When it was replaced, epoch ms. */
  replaced: number
  judgement: Judgement
}

/** How a run is judged now. @throws LabError BadInput when there is no such run. */
export async function readJudgement(store: Store, run: number): Promise<Judgement> {
  return await store.database
    .transaction()
    .setAccessMode('read only')
    .execute((transaction) => currentJudgement(transaction, run))
}

/**
 * Puts another judgement in the place of a run's own, which is kept. Whole or not at all.
 * @param replaced now, epoch ms
 * @throws LabError BadInput when there is no such run, or it has not ended.
 */
export async function replaceJudgement(store: Store, run: number, next: Judgement, replaced: number): Promise<void> {
  await store.database.transaction().execute(async (transaction) => {
    const judgement = JSON.stringify(await currentJudgement(transaction, run))
    const { former } = await transaction
      .selectFrom('former_judgements')
      .select((select) => select.fn.countAll<number>().as('former'))
      .where('run', '=', run)
      .executeTakeFirstOrThrow()
    await transaction
      .insertInto('former_judgements')
      .values({ run, number: former + 1, replaced, judgement })
      .execute()
    for (const cell of next.cells) await writeCell(transaction, run, cell)
    const values = { exit_code: next.exitCode, summary: next.summary }
    await transaction.updateTable('runs').set(values).where('id', '=', run).execute()
  })
}

/** The judgements of a run that others have replaced, oldest first. */
export async function formerJudgements(store: Store, run: number): Promise<FormerJudgement[]> {
  const rows = await store.database
    .selectFrom('former_judgements')
    .selectAll()
    .where('run', '=', run)
    .orderBy('number')
    .execute()
  return rows.map((row) => ({ ...row, judgement: JSON.parse(row.judgement) as Judgement }))
}

async function currentJudgement(transaction: Transaction<Tables>, run: number): Promise<Judgement> {
  const row = await transaction.selectFrom('runs').selectAll().where('id', '=', run).executeTakeFirst()
  if (row === undefined) throw new LabError('BadInput', `There is no run ${run}.`)
  const { state, exitCode, summary } = toRun(row)
  if (state === 'running')
    throw new LabError('BadInput', `Run ${run} has not ended: it is judged when it has (\`hyplab watch ${run}\`).`)
  const rows = await transaction.selectFrom('cells').selectAll().where('run', '=', run).orderBy('number').execute()
  const attempts = Map.groupBy(await readAttempts(transaction, run), ({ cell }) => cell)
  const cells = rows.map(toCell).map(({ number, verdict }) => ({
    number,
    verdict,
    attempts: (attempts.get(number) ?? []).flatMap((attempt) =>
      attempt.end ? [{ number: attempt.number, ...judgedPart(attempt.end) }] : [],
    ),
  }))
  return { exitCode, summary, cells }
}

function judgedPart({ ending, sentence, findings, judged }: AttemptEnd): Omit<JudgedAgain, 'number'> {
  return { ending, sentence, findings, judged }
}

async function writeCell(transaction: Transaction<Tables>, run: number, cell: JudgedCell): Promise<void> {
  const { verdict } = cell
  await transaction
    .updateTable('cells')
    .set({ verdict: verdict?.verdict ?? null, judgement: verdict && JSON.stringify(verdict) })
    .where('run', '=', run)
    .where('number', '=', cell.number)
    .execute()
  for (const { number, ending, sentence, findings, judged } of cell.attempts) {
    const key = { run, cell: cell.number, number }
    await transaction
      .updateTable('attempts')
      .set({ ending, sentence, judged: judged.at, probes: judged.probes })
      .where('run', '=', run)
      .where('cell', '=', cell.number)
      .where('number', '=', number)
      .execute()
    await transaction
      .deleteFrom('findings')
      .where('run', '=', run)
      .where('cell', '=', cell.number)
      .where('attempt', '=', number)
      .execute()
    await insertFindings(transaction, key, findings)
  }
}
