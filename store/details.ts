import type { Transaction } from 'kysely'
import { LabError } from '../domain/errors.ts'
import { readAttempts, type Attempt, type AttemptKey } from './attempt.ts'
import { readBuilds, type Build } from './builds.ts'
import { toCell, type StoredCell } from './cells.ts'
import type { Tables } from './database/tables.ts'
import { findRun, type Run } from './runs.ts'
import type { Store } from './store.ts'

/** A cell with its attempts, findings and artifacts included, in the order of their numbers. */
export type CellDetail = StoredCell & { attempts: Attempt[] }

/** A run with all that came of it so far: one state of the database, not a mixture of two. */
export interface RunDetail {
  run: Run
  cells: CellDetail[]
  /** Those of the cells' builds that have been made or have failed, each once. */
  builds: Build[]
}

/** A cell with what it belongs to; a build is null before it has been made. */
export interface CellContext {
  run: Run
  cell: CellDetail
  kernel: Build | null
  firmware: Build | null
}

/** An attempt with what it belongs to. */
export type AttemptDetail = CellContext & { attempt: Attempt }

/**
 * Everything about a run.
 * @throws LabError BadInput when there is no such run.
 */
export async function runDetail(store: Store, run: number): Promise<RunDetail> {
  return await snapshot(store, async (transaction) => {
    const detail = await findRun({ database: transaction }, run)
    const rows = await transaction.selectFrom('cells').selectAll().where('run', '=', run).orderBy('number').execute()
    const attempts = Map.groupBy(await readAttempts(transaction, run), (attempt) => attempt.cell)
    const cells = rows.map((row) => ({ ...toCell(row), attempts: attempts.get(row.number) ?? [] }))
    return { run: detail, cells, builds: await readBuilds(transaction, buildIds(cells)) }
  })
}

/**
 * A run with its cells and their builds, without what their attempts showed: of 5,000 cells that is some 100 MB.
 * @throws LabError BadInput when there is no such run.
 */
export async function runCells(store: Store, run: number): Promise<{ run: Run; cells: StoredCell[]; builds: Build[] }> {
  return await snapshot(store, async (transaction) => {
    const detail = await findRun({ database: transaction }, run)
    const rows = await transaction.selectFrom('cells').selectAll().where('run', '=', run).orderBy('number').execute()
    const cells = rows.map(toCell)
    return { run: detail, cells, builds: await readBuilds(transaction, buildIds(cells)) }
  })
}

/**
 * Everything about a cell of a run.
 * @throws LabError BadInput when there is no such cell.
 */
export async function cellDetail(store: Store, run: number, cell: number): Promise<CellContext> {
  return await snapshot(store, (transaction) => readContext(transaction, run, cell))
}

/**
 * Everything about an attempt.
 * @throws LabError BadInput when there is no such attempt.
 */
export async function attemptDetail(store: Store, key: AttemptKey): Promise<AttemptDetail> {
  return await snapshot(store, async (transaction) => {
    const context = await readContext(transaction, key.run, key.cell)
    const attempt = context.cell.attempts.find(({ number }) => number === key.number)
    if (attempt !== undefined) return { ...context, attempt }
    throw new LabError('BadInput', `There is no attempt ${key.run}.${key.cell}.${key.number}.`)
  })
}

async function snapshot<T>(store: Store, read: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
  return await store.database.transaction().setAccessMode('read only').execute(read)
}

async function readContext(transaction: Transaction<Tables>, run: number, number: number): Promise<CellContext> {
  const row = await transaction
    .selectFrom('cells')
    .selectAll()
    .where('run', '=', run)
    .where('number', '=', number)
    .executeTakeFirst()
  if (row === undefined) throw new LabError('BadInput', `There is no cell ${run}.${number}.`)
  const cell = { ...toCell(row), attempts: await readAttempts(transaction, run, { cell: number }) }
  const builds = await readBuilds(transaction, buildIds([cell]))
  const build = (id: string | null) => builds.find((candidate) => candidate.id === id) ?? null
  const detail = await findRun({ database: transaction }, run)
  return { run: detail, cell, kernel: build(cell.kernelBuild), firmware: build(cell.firmwareBuild) }
}

function buildIds(cells: StoredCell[]): string[] {
  const ids = cells.flatMap((cell) => [cell.kernelBuild, cell.firmwareBuild]).filter((id) => id !== null)
  return [...new Set(ids)]
}
