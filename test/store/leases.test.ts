import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LeaseRequest } from '../../domain/lease/lease.ts'
import { holdsLease, placeStates, releaseLease, renewLease, requestLease, setSuspect } from '../../store/leases.ts'
import { openStore, type Store } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'

let store: Store
beforeEach(async () => {
  store = await openStore(await tempFolder())
})
afterEach(() => store.close())

const request = (holder: string): LeaseRequest => ({ places: ['rack/a', 'rack/b'], holder, why: 'a test', forMs: 1000 })

test('of many who ask at once each gets another place, and the rest none', async () => {
  const given = await Promise.all(['p', 'q', 'r', 's'].map((holder) => requestLease(store, request(holder), 0)))
  expect(given.map((lease) => lease?.place ?? 'none').toSorted()).toEqual(['none', 'none', 'rack/a', 'rack/b'])
})

test('a lease is renewed until the place is given to another, and its fence is refused from then on', async () => {
  const first = (await requestLease(store, request('p'), 0))!
  await renewLease(store, first, 5000)
  expect((await requestLease(store, { ...request('q'), places: ['rack/a'] }, 4999))!).toBeUndefined()
  const second = (await requestLease(store, { ...request('q'), places: ['rack/a'] }, 5000))!
  expect(second).toMatchObject({ place: 'rack/a', fence: 2, holder: 'q' })
  expect([await holdsLease(store, first), await holdsLease(store, second)]).toEqual([false, true])
  await expect(renewLease(store, first, 9000)).rejects.toMatchObject({ code: 'StaleFence' })
  await releaseLease(store, first)
  expect(await holdsLease(store, second)).toBe(true)
})

test('a place that is given back keeps its fence, and a suspect one is given to nobody', async () => {
  const lease = (await requestLease(store, request('p'), 0))!
  await releaseLease(store, lease)
  await releaseLease(store, lease)
  await setSuspect(store, 'rack/a', 'it stays on')
  await setSuspect(store, 'rack/b', 'it stays on, too')
  expect(await requestLease(store, request('p'), 1)).toBeUndefined()
  await setSuspect(store, 'rack/a', null)
  expect(await requestLease(store, request('p'), 1)).toMatchObject({ place: 'rack/a', fence: 2 })
  expect(await placeStates(store)).toMatchObject([
    { place: 'rack/a', suspect: null, lease: { holder: 'p' } },
    { place: 'rack/b', fence: 0, suspect: 'it stays on, too', lease: null },
  ])
})
