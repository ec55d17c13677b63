import { cellDetail } from '../store/details.ts'
import { setSuspect } from '../store/leases.ts'
import { lastEndings } from '../store/place-history.ts'
import type { AttemptTask } from '../workflows/contracts.ts'
import type { Deps } from './deps.ts'
import { sayOnce } from './say-once.ts'

/**
 * Marks a place suspect after an attempt when nobody can say that it is off, or when infrastructure broke on it as often in a
 * row as the plan has patience: nobody gets it before it was found healthy.
 * @param place `lab/place`
 * @param broken why nobody can say that it is off: one sentence
 */
export async function suspectPlace(
  { store }: Pick<Deps, 'store'>,
  { run, cell, attempt }: AttemptTask,
  place: string,
  broken?: string,
): Promise<void> {
  const { infra } = (await cellDetail(store, run, cell)).cell.cell.attempts
  const suspect = broken ?? (await brokeTooOften({ store }, place, infra))
  if (suspect === undefined) return
  await setSuspect(store, place, suspect)
  await sayOnce(store, { run, cell, attempt }, `${place} is suspect: ${suspect}`)
}

async function brokeTooOften(
  { store }: Pick<Deps, 'store'>,
  place: string,
  patience: number,
): Promise<string | undefined> {
  // A plan without patience asks for no retry; that says nothing of the place.
  const most = Math.max(patience, 1)
  const endings = await lastEndings(store, place, most)
  if (endings.length < most || endings.some((ending) => ending !== 'infra')) return undefined
  return `the last ${most === 1 ? 'attempt' : `${most} attempts`} on it ended in infra.`
}
