import type { Selectable } from 'kysely'
import type { Cell } from '../domain/cell.ts'
import { LabError } from '../domain/errors.ts'
import type { UnchangedWay } from '../domain/night/unchanged.ts'
import type { Search } from '../domain/search/search.ts'
import type { Verdict } from '../domain/verdict/verdict.ts'
import type { RunRow } from './database/tables.ts'
import type { Store } from './store.ts'

export type RunState = 'running' | 'finished' | 'cancelled' | 'failed'

/** How a run is to be worked on. */
export interface RunOptions {
  /** `builds` stops when everything is built. */
  until: 'verdicts' | 'builds'
  /** Cells at once. */
  atOnce: number
  /** The lab whose places the run uses, as its file was then: an artifact. Absent where it uses none. */
  inventory?: { file: string; sha256: string }
  /** What its patches, fragments and recipes were when it began: an artifact. Absent until then. */
  inputs?: { sha256: string }
  /** How long, and for whom, the board of a cell is kept that does not come out as the plan says. Absent where none is. */
  hold?: { seconds: number; holder: string }
  /** So many attempts are made of a cell that comes out otherwise than its last conclusive night. Absent where it is no night. */
  confirm?: number
  /** When the window closes, epoch ms: cells that have not ended by then are not run. Absent where it never does. */
  closes?: number
  /** Seconds of boots that the cells of a class may take in this night; a class without one may take any. */
  budget?: Record<string, number>
  /** What is done where nothing moved since the last night; all of it where absent. */
  unchanged?: UnchangedWay
  /** What the run looks for, where it is a bisection or a rerun: its attempts are decided one by one. */
  search?: Search
}

/** The options as a workflow is given them: what a search looks for is read from the store, and enters no history. */
export function taskOptions({
  search,
  inputs: _inputs,
  ...options
}: RunOptions): Omit<RunOptions, 'search' | 'inputs'> & { search?: true } {
  return { ...options, ...(search && { search: true as const }) }
}

/** One execution of a plan. Times are epoch milliseconds. */
export interface Run {
  id: number
  /** The plan's name, its text as it was run, and the file that it came from. */
  plan: string
  planText: string
  planFile: string
  started: number
  ended: number | null
  state: RunState
  workflowId: string
  /** Null for runs of before they were kept. */
  options: RunOptions | null
  /** What `hyplab run` exits with; null while it runs. */
  exitCode: number | null
  /** One sentence on how it came out; null while it runs. */
  summary: string | null
}

export type NewRun = Pick<Run, 'plan' | 'planText' | 'planFile' | 'started' | 'workflowId' | 'options'> & {
  cells: Cell[]
}
export type RunEnd = Pick<Run, 'ended' | 'exitCode' | 'summary'> & {
  ended: number
  state: Exclude<RunState, 'running'>
}
/** A run with its number of cells and how many of them have which verdict. */
export type RunOverview = Run & { cells: number; verdicts: Partial<Record<Verdict, number>> }

/**
 * Writes a run and its cells, numbered from 1 in the order given, and returns its id: the last one plus one. The run is
 * known by its workflow id: a second call with the same one changes nothing and returns the same id.
 */
export async function createRun(store: Store, run: NewRun): Promise<number> {
  return await store.database.transaction().execute(async (transaction) => {
    const known = await transaction
      .selectFrom('runs')
      .select('id')
      .where('workflow', '=', run.workflowId)
      .executeTakeFirst()
    if (known !== undefined) return known.id
    const { id } = await transaction
      .insertInto('runs')
      .values({
        workflow: run.workflowId,
        plan: run.plan,
        plan_text: run.planText,
        plan_file: run.planFile,
        started: run.started,
        state: 'running',
        options: run.options && JSON.stringify(run.options),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    for (const [index, cell] of run.cells.entries()) {
      const number = index + 1
      const row = { run: id, number, id: cell.id, target: cell.target.name, cell: JSON.stringify(cell) }
      await transaction.insertInto('cells').values(row).execute()
    }
    return id
  })
}

/**
 * Closes a run, and tells whoever follows it: both or neither. One that has ended stays as it is: the first end stands.
 * @returns whether this end is the one that stands.
 * @throws LabError BadInput when there is no such run.
 */
export async function endRun(store: Store, run: number, end: RunEnd): Promise<boolean> {
  return await store.database.transaction().execute(async (transaction) => {
    const before = await transaction.selectFrom('runs').select('state').where('id', '=', run).executeTakeFirst()
    if (before === undefined) throw new LabError('BadInput', `There is no run ${run} to end.`)
    if (before.state !== 'running') return false
    await transaction
      .updateTable('runs')
      .set({ state: end.state, ended: end.ended, exit_code: end.exitCode, summary: end.summary })
      .where('id', '=', run)
      .execute()
    const told = { state: end.state, exitCode: end.exitCode, sentence: end.summary }
    await transaction
      .insertInto('events')
      .values({ run, time: end.ended, kind: 'run-ended', data: JSON.stringify(told) })
      .execute()
    return true
  })
}

/** The newest runs, newest first. */
export async function listRuns(store: Store, limit = 20): Promise<RunOverview[]> {
  return await store.database
    .transaction()
    .setAccessMode('read only')
    .execute(async (transaction) => {
      const rows = await transaction.selectFrom('runs').selectAll().orderBy('id', 'desc').limit(limit).execute()
      const oldest = rows.at(-1)?.id ?? 0
      const cells = await transaction
        .selectFrom('cells')
        .select(['run', 'verdict'])
        .where('run', '>=', oldest)
        .execute()
      const byRun = Map.groupBy(cells, (cell) => cell.run)
      return rows.map((row) => overview(row, byRun.get(row.id) ?? []))
    })
}

/** The runs that have not ended, oldest first. */
export async function runningRuns(store: Store): Promise<Run[]> {
  const rows = await store.database
    .selectFrom('runs')
    .selectAll()
    .where('state', '=', 'running')
    .orderBy('id')
    .execute()
  return rows.map(toRun)
}

/** The run whose story a workflow tells; undefined when none was written. */
export async function runOfWorkflow(store: Store, workflowId: string): Promise<Run | undefined> {
  const row = await store.database.selectFrom('runs').selectAll().where('workflow', '=', workflowId).executeTakeFirst()
  return row && toRun(row)
}

/** The labs of some runs, as their files were then, by run; a run that used none has none. */
export async function inventoriesOf(
  store: Store,
  runs: readonly number[],
): Promise<Map<number, NonNullable<RunOptions['inventory']>>> {
  if (runs.length === 0) return new Map()
  const rows = await store.database.selectFrom('runs').select(['id', 'options']).where('id', 'in', runs).execute()
  return new Map(
    rows.flatMap(({ id, options }) => {
      const { inventory } = JSON.parse(options ?? '{}') as Partial<RunOptions>
      return inventory ? [[id, inventory]] : []
    }),
  )
}

/**
 * A run alone, without its cells.
 * @throws LabError BadInput when there is no such run.
 */
export async function findRun({ database }: Pick<Store, 'database'>, run: number): Promise<Run> {
  const row = await database.selectFrom('runs').selectAll().where('id', '=', run).executeTakeFirst()
  if (row === undefined) throw new LabError('BadInput', `There is no run ${run}.`)
  return toRun(row)
}

/** The newest run, ended or not; undefined when there is none. */
export async function latestRun(store: Store): Promise<Run | undefined> {
  const row = await store.database.selectFrom('runs').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row && toRun(row)
}

/** A run as its row has it. */
export function toRun(row: Selectable<RunRow>): Run {
  return {
    id: row.id,
    plan: row.plan,
    planText: row.plan_text,
    planFile: row.plan_file,
    started: row.started,
    ended: row.ended,
    state: row.state as RunState,
    workflowId: row.workflow,
    options: row.options === null ? null : (JSON.parse(row.options) as RunOptions),
    exitCode: row.exit_code,
    summary: row.summary,
  }
}

function overview(row: Selectable<RunRow>, cells: { verdict: string | null }[]): RunOverview {
  const verdicts: Partial<Record<Verdict, number>> = {}
  for (const { verdict } of cells) {
    if (verdict !== null) verdicts[verdict as Verdict] = (verdicts[verdict as Verdict] ?? 0) + 1
  }
  return { ...toRun(row), cells: cells.length, verdicts }
}
