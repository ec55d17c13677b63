import type { Transaction } from 'kysely'
import { LabError } from '../domain/errors.ts'
import type { NotRun } from '../domain/not-run.ts'
import type { CellVerdict } from '../domain/verdict/verdict.ts'
import type { CellRow, Tables } from './database/tables.ts'
import type { Store } from './store.ts'

/**
 * Closes a cell with what it means after its attempts, and tells whoever follows its run: both or neither. The same said
 * again changes nothing and is told once.
 * @param at epoch ms
 * @throws LabError BadInput when there is no such cell.
 */
export async function closeCell(
  store: Store,
  run: number,
  cell: number,
  verdict: CellVerdict,
  at: number,
): Promise<void> {
  const judgement = JSON.stringify(verdict)
  const told = { time: at, kind: 'verdict', data: judgement }
  await tellOnce(store, run, cell, { judgement, verdict: verdict.verdict }, told)
}

/**
 * Says that a cell of a night is not run, and why, and tells whoever follows the run, as `closeCell` does.
 * @param at epoch ms
 * @throws LabError BadInput when there is no such cell.
 */
export async function leaveCell(store: Store, run: number, cell: number, notRun: NotRun, at: number): Promise<void> {
  const told = { time: at, kind: 'say', data: JSON.stringify({ text: `not run: ${notRun.sentence}` }) }
  await tellOnce(store, run, cell, { not_run: JSON.stringify(notRun) }, told)
}

async function tellOnce(
  store: Store,
  run: number,
  cell: number,
  values: Partial<CellRow>,
  told: { time: number; kind: string; data: string },
): Promise<void> {
  await store.database.transaction().execute(async (transaction) => {
    const before = await readCell(transaction, run, cell)
    if (Object.entries(values).every(([column, value]) => before[column as keyof CellRow] === value)) return
    await transaction.updateTable('cells').set(values).where('run', '=', run).where('number', '=', cell).execute()
    await transaction
      .insertInto('events')
      .values({ run, cell, ...told })
      .execute()
  })
}

async function readCell(transaction: Transaction<Tables>, run: number, cell: number): Promise<CellRow> {
  const row = await transaction
    .selectFrom('cells')
    .selectAll()
    .where('run', '=', run)
    .where('number', '=', cell)
    .executeTakeFirst()
  if (row === undefined) throw new LabError('BadInput', `There is no cell ${run}.${cell}.`)
  return row
}
