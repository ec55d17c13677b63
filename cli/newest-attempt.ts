import { LabError } from '../domain/errors.ts'
import { attemptDetail, runDetail, type AttemptDetail } from '../store/details.ts'
import { resolve } from '../store/resolve.ts'
import type { Store } from '../store/store.ts'

/** The attempt that a text names; a run or a cell stands for its newest attempt. @throws LabError NotFound, BadInput when there is no attempt yet */
export async function newestAttempt(store: Store, text: string): Promise<AttemptDetail> {
  const id = await resolve(store, text)
  if (id.kind === 'attempt') return await attemptDetail(store, { run: id.run, cell: id.cell, number: id.attempt })
  const { cells } = await runDetail(store, id.run)
  const attempts = cells.filter((cell) => id.kind === 'run' || cell.number === id.cell).flatMap((cell) => cell.attempts)
  const newest = attempts.toSorted((a, b) => a.started - b.started).at(-1)
  if (!newest) throw new LabError('BadInput', `${text} has no attempt yet.`)
  return await attemptDetail(store, { run: newest.run, cell: newest.cell, number: newest.number })
}
