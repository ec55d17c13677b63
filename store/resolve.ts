import { LabError } from '../domain/errors.ts'
import { formatResultId, guessResultId, parseResultId, type ResultId } from './result-id.ts'
import type { Store } from './store.ts'

/**
 * The run, cell or attempt that a user named, as `12`, `12.3` or `12.3.1`; `latest` stands for the newest run's number.
 * @throws LabError NotFound when there is no such thing, BadInput when `text` is no such name, in one sentence with what
 * may have been meant.
 */
export async function resolve(store: Store, text: string): Promise<ResultId> {
  const newest = await newestRun(store)
  if (newest === undefined) throw new LabError('NotFound', `"${text}" names nothing: no run has been started here yet.`)
  const id = parseResultId(text.trim().replace(/^latest(?=\.|$)/, String(newest)))
  if (id === undefined) throw new LabError('BadInput', await didYouMean(store, text))
  const missing = await whatIsMissing(store, id, newest)
  if (missing !== undefined) throw new LabError('NotFound', missing)
  return id
}

/** One sentence about the part of the id that does not exist; undefined when all of it does. */
async function whatIsMissing(store: Store, id: ResultId, newest: number): Promise<string | undefined> {
  const run = await store.database.selectFrom('runs').select('id').where('id', '=', id.run).executeTakeFirst()
  if (run === undefined) return `There is no run ${id.run}: the newest one is ${newest}.`
  if (id.kind === 'run') return undefined

  const cells = await store.database.selectFrom('cells').select('number').where('run', '=', id.run).execute()
  if (!cells.some((cell) => cell.number === id.cell)) {
    return `There is no cell ${id.run}.${id.cell}: run ${id.run} has ${range('cell', id.run, cells)}.`
  }
  if (id.kind === 'cell') return undefined

  const attempts = await store.database
    .selectFrom('attempts')
    .select('number')
    .where('run', '=', id.run)
    .where('cell', '=', id.cell)
    .orderBy('number')
    .execute()
  if (attempts.some((attempt) => attempt.number === id.attempt)) return undefined
  return `There is no attempt ${formatResultId(id)}: cell ${id.run}.${id.cell} has ${range('attempt', `${id.run}.${id.cell}`, attempts)}.`
}

/** `no cells yet`, `cell 12.1`, `cells 12.1 to 12.3`. */
function range(word: string, prefix: string | number, rows: { number: number }[]): string {
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) return `no ${word}s yet`
  if (first === last) return `only ${word} ${prefix}.${first.number}`
  return `${word}s ${prefix}.${first.number} to ${prefix}.${last.number}`
}

async function didYouMean(store: Store, text: string): Promise<string> {
  const named = `"${text}" is not a run (12), a cell (12.3) or an attempt (12.3.1)`
  const meant = (await byName(store, text)) ?? (await byNumbers(store, text))
  return meant === undefined ? `${named}: \`hyplab list\` shows what there is.` : `${named}: did you mean ${meant}?`
}

/** The newest cell with that id, or the newest run of the plan with that name. */
async function byName(store: Store, text: string): Promise<string | undefined> {
  const name = text.trim()
  const cell = await store.database
    .selectFrom('cells')
    .select(['run', 'number'])
    .where('id', '=', name)
    .orderBy('run', 'desc')
    .executeTakeFirst()
  if (cell !== undefined) return `${cell.run}.${cell.number}, the newest cell of that name`
  const run = await store.database
    .selectFrom('runs')
    .select('id')
    .where('plan', '=', name)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return run === undefined ? undefined : `${run.id}, the newest run of that plan`
}

async function byNumbers(store: Store, text: string): Promise<string | undefined> {
  const guess = guessResultId(text)
  if (guess === undefined || (await whatIsMissing(store, guess, guess.run)) !== undefined) return undefined
  return formatResultId(guess)
}

async function newestRun(store: Store): Promise<number | undefined> {
  const row = await store.database.selectFrom('runs').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row?.id
}
