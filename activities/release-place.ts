import { cellDetail } from '../store/details.ts'
import { releaseLease, setSuspect } from '../store/leases.ts'
import { lastEndings } from '../store/place-history.ts'
import type { Release } from '../workflows/contracts.ts'
import type { Deps } from './registry.ts'
import { Reporter } from './reporter.ts'

/**
 * Gives a place back. One that could not be switched off, or on which infrastructure broke as often in a row as the plan has
 * patience, is suspect: nobody gets it before it was found healthy.
 */
export async function releasePlace({ store }: Deps, { run, cell, attempt, held, broken }: Release): Promise<void> {
  const { infra } = (await cellDetail(store, run, cell)).cell.cell.attempts
  const suspect = broken ?? (await brokeTooOften({ store }, held.place, infra))
  if (suspect !== undefined) {
    await setSuspect(store, held.place, suspect)
    const reporter = new Reporter(store, { run, cell, attempt })
    reporter.tell('say', { text: `${held.place} is suspect: ${suspect}` })
    await reporter.flush()
  }
  await releaseLease(store, held)
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
