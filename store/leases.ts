import type { Selectable, Transaction } from 'kysely'
import { LabError } from '../domain/errors.ts'
import { grant, type Lease, type LeaseRequest, type PlaceState } from '../domain/lease/lease.ts'
import type { LeaseRow, Tables } from './database/tables.ts'
import type { Store } from './store.ts'

/**
 * Gives one of the places that would do, if one is free; who holds one already gets that again, for as long as it asks for.
 * @param now milliseconds since 1970
 */
export async function requestLease(store: Store, request: LeaseRequest, now: number): Promise<Lease | undefined> {
  return await store.database.transaction().execute(async (transaction) => {
    const lease = grant(await statesOf(transaction), request, now)
    if (lease === undefined) return undefined
    const { place, ...row } = lease
    await transaction
      .insertInto('leases')
      .values({ place, ...row, suspect: null })
      .onConflict((conflict) => conflict.column('place').doUpdateSet(row))
      .execute()
    return lease
  })
}

/**
 * Prolongs a lease.
 * @param until milliseconds since 1970
 * @throws LabError StaleFence when it is over: the place was given to somebody else, or taken back
 */
export async function renewLease(store: Store, { place, fence }: LeaseKey, until: number): Promise<void> {
  const { numUpdatedRows } = await store.database
    .updateTable('leases')
    .set({ until })
    .where('place', '=', place)
    .where('fence', '=', fence)
    .where('holder', 'is not', null)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  throw over({ place, fence })
}

function over({ place, fence }: LeaseKey): LabError {
  return new LabError('StaleFence', `The lease ${fence} of ${place} is over: somebody else has the place.`)
}

/**
 * Makes a lease somebody else's, under the same fence.
 * @returns false when it is theirs already, and what for: then nothing changes
 * @throws LabError StaleFence when it is over
 */
export async function handOverLease(
  store: Store,
  { place, fence }: LeaseKey,
  to: Pick<Lease, 'holder' | 'why' | 'since' | 'until'>,
): Promise<boolean> {
  return await store.database.transaction().execute(async (transaction) => {
    const lease = (await statesOf(transaction)).find((state) => state.place === place)?.lease
    if (lease?.fence !== fence) throw over({ place, fence })
    if (lease.holder === to.holder && lease.why === to.why) return false
    await transaction.updateTable('leases').set(to).where('place', '=', place).execute()
    return true
  })
}

/** Whether a lease is still the place's; one that has run out stays until the place is given again. */
export async function holdsLease(store: Store, { place, fence }: LeaseKey): Promise<boolean> {
  const row = await store.database
    .selectFrom('leases')
    .select('fence')
    .where('place', '=', place)
    .where('holder', 'is not', null)
    .executeTakeFirst()
  return row?.fence === fence
}

/** Ends a lease; nothing happens to one that is over already, or to a later one. */
export async function releaseLease(store: Store, { place, fence }: LeaseKey): Promise<void> {
  await store.database
    .updateTable('leases')
    .set({ holder: null, why: null, since: null, until: null })
    .where('place', '=', place)
    .where('fence', '=', fence)
    .execute()
}

/** Marks a place that is not to be given before it is healthy again, or with null one that is. */
export async function setSuspect(store: Store, place: string, suspect: string | null): Promise<void> {
  await store.database
    .insertInto('leases')
    .values({ place, fence: 0, suspect })
    .onConflict((conflict) => conflict.column('place').doUpdateSet({ suspect }))
    .execute()
}

/** What is known of the places that were ever given, by name. */
export async function placeStates(store: Store): Promise<PlaceState[]> {
  return await store.database.transaction().setAccessMode('read only').execute(statesOf)
}

/** What names one lease. */
export type LeaseKey = Pick<Lease, 'place' | 'fence'>

async function statesOf(transaction: Transaction<Tables>): Promise<PlaceState[]> {
  return (await transaction.selectFrom('leases').selectAll().orderBy('place').execute()).map(toState)
}

function toState({ place, fence, holder, why, since, until, suspect }: Selectable<LeaseRow>): PlaceState {
  const held = holder !== null && why !== null && since !== null && until !== null
  return { place, fence, lease: held ? { place, fence, holder, why, since, until } : null, suspect }
}
