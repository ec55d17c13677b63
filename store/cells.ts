import { sql, type Kysely } from 'kysely'
import type { Cell } from '../domain/cell.ts'
import { LabError } from '../domain/errors.ts'
import type { NotRun } from '../domain/not-run.ts'
import type { CellVerdict } from '../domain/verdict/verdict.ts'
import type { CellRow, Tables } from './database/tables.ts'
import type { Store } from './store.ts'

/** A cell of a run. */
export interface StoredCell {
  run: number
  /** In the run, from 1. */
  number: number
  cell: Cell
  /** Build ids, null until `setCellBuilds`. */
  kernelBuild: string | null
  firmwareBuild: string | null
  /** Null until `judgeCell`. */
  verdict: CellVerdict | null
  /** Why it was not run; null where it was, or still may be, and where the window closed or the run was ended. */
  notRun: NotRun | null
  /** Versions of the programs that it was made and run with, by name; null where nobody kept them. */
  tools: Record<string, string> | null
}

/**
 * Says which builds a cell boots. May be called before they have been made.
 * @throws LabError BadInput when there is no such cell.
 */
export async function setCellBuilds(
  store: Store,
  run: number,
  cell: number,
  builds: { kernel: string; firmware: string | null },
): Promise<void> {
  await updateCell(store, run, cell, { kernel_build: builds.kernel, firmware_build: builds.firmware })
}

/** Says which builds the cells of a run boot, by number, as `setCellBuilds` does for one: all of them or none. */
export async function setBuilds(
  store: Store,
  run: number,
  cells: ReadonlyMap<number, { kernel: string; firmware: string | null }>,
): Promise<void> {
  await store.database.transaction().execute(async (transaction) => {
    for (const [number, { kernel, firmware }] of cells)
      await transaction
        .updateTable('cells')
        .set({ kernel_build: kernel, firmware_build: firmware })
        .where('run', '=', run)
        .where('number', '=', number)
        .execute()
  })
}

/**
 * A cell of a run that boots a build.
 * @throws LabError BadInput when none does
 */
export async function cellOfBuild(store: Store, run: number, build: string): Promise<Cell> {
  const row = await store.database
    .selectFrom('cells')
    .select('cell')
    .where('run', '=', run)
    .where((cell) => cell.or([cell('kernel_build', '=', build), cell('firmware_build', '=', build)]))
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) throw new LabError('BadInput', `No cell of run ${run} boots the build ${build}.`)
  return JSON.parse(row.cell) as Cell
}

/** Writes some cells of a run, by number, in the place of what they were: all of them or none. */
export async function setCells(store: Store, run: number, cells: ReadonlyMap<number, Cell>): Promise<void> {
  if (cells.size === 0) return
  await store.database.transaction().execute((transaction) => writeCells(transaction, run, cells))
}

async function writeCells(database: Kysely<Tables>, run: number, cells: ReadonlyMap<number, Cell>): Promise<void> {
  for (const [number, cell] of cells)
    await database
      .updateTable('cells')
      .set({ cell: JSON.stringify(cell) })
      .where('run', '=', run)
      .where('number', '=', number)
      .execute()
}

/**
 * Writes what the inputs of a run's cells were frozen to, and that the run was made from these files: all or nothing.
 * @param inputs what was read of its files: an artifact
 */
export async function freezeCells(
  store: Store,
  run: number,
  cells: ReadonlyMap<number, Cell>,
  { sha256 }: { sha256: string },
): Promise<void> {
  await store.database.transaction().execute(async (transaction) => {
    await writeCells(transaction, run, cells)
    const inputs = JSON.stringify({ sha256 })
    await transaction
      .updateTable('runs')
      .set({ options: sql<string>`json_set(options, '$.inputs', json(${inputs}))` })
      .where('id', '=', run)
      .execute()
  })
}

/** Writes with which versions of programs the cells of a run are made and run. */
export async function setTools(store: Store, run: number, tools: Record<string, string>): Promise<void> {
  await store.database
    .updateTable('cells')
    .set({ tools: JSON.stringify(tools) })
    .where('run', '=', run)
    .execute()
}

/**
 * Says why a cell is not run; a verdict that it comes to all the same goes before that.
 * @throws LabError BadInput when there is no such cell.
 */
export async function setNotRun(store: Store, run: number, cell: number, notRun: NotRun): Promise<void> {
  await updateCell(store, run, cell, { not_run: JSON.stringify(notRun) })
}

/**
 * Writes what a cell means after its attempts. A later judgement, by newer probes, takes its place.
 * @throws LabError BadInput when there is no such cell.
 */
export async function judgeCell(store: Store, run: number, cell: number, verdict: CellVerdict): Promise<void> {
  await updateCell(store, run, cell, { verdict: verdict.verdict, judgement: JSON.stringify(verdict) })
}

/**
 * Adds a cell to a run behind those that it has. A run has a cell of an id once: a second call changes nothing.
 * @returns the cell's number
 */
export async function addCell(store: Store, run: number, cell: Cell): Promise<number> {
  return await store.database.transaction().execute(async (transaction) => {
    const cells = await transaction.selectFrom('cells').select(['number', 'id']).where('run', '=', run).execute()
    const known = cells.find(({ id }) => id === cell.id)
    if (known !== undefined) return known.number
    const number = Math.max(0, ...cells.map((row) => row.number)) + 1
    const row = { run, number, id: cell.id, target: cell.target.name, cell: JSON.stringify(cell) }
    await transaction.insertInto('cells').values(row).execute()
    return number
  })
}

/** The ids of a run's cells in the order of their numbers. @param after the number behind which they begin */
export async function cellIds(store: Store, run: number, after = 0): Promise<string[]> {
  const rows = await store.database
    .selectFrom('cells')
    .select('id')
    .where('run', '=', run)
    .where('number', '>', after)
    .orderBy('number')
    .execute()
  return rows.map(({ id }) => id)
}

/** A cell as its row has it. */
export function toCell(row: CellRow): StoredCell {
  return {
    run: row.run,
    number: row.number,
    cell: JSON.parse(row.cell) as Cell,
    kernelBuild: row.kernel_build,
    firmwareBuild: row.firmware_build,
    verdict: row.judgement === null ? null : (JSON.parse(row.judgement) as CellVerdict),
    notRun: row.not_run === null ? null : (JSON.parse(row.not_run) as NotRun),
    tools: row.tools === null ? null : (JSON.parse(row.tools) as Record<string, string>),
  }
}

async function updateCell(store: Store, run: number, cell: number, values: Partial<CellRow>): Promise<void> {
  const { numUpdatedRows } = await store.database
    .updateTable('cells')
    .set(values)
    .where('run', '=', run)
    .where('number', '=', cell)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw new LabError('BadInput', `There is no cell ${run}.${cell}.`)
}
