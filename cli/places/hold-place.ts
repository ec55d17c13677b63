import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setInterval as every } from 'node:timers/promises'
import { LabError } from '../../domain/errors.ts'
import type { Inventory, LabPlace } from '../../domain/lab/inventory.ts'
import { placeKey } from '../../domain/lab/place-key.ts'
import { isFree } from '../../domain/lease/lease.ts'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import { holdsLease, placeStates, releaseLease, renewLease, requestLease, type LeaseKey } from '../../store/leases.ts'
import type { Store } from '../../store/store.ts'
import { openPlace, type OpenPlace } from '../../targets/place/open-place.ts'
import type { Context } from '../context.ts'

/** How long a command holds a place without renewing its lease, and how often it renews it, milliseconds. */
const heldMs = 60_000
const renewMs = 10_000

/** The place of a lab with that name. @throws LabError NotFound */
export function placeNamed(lab: Inventory, name: string): LabPlace {
  const place = Object.hasOwn(lab.places, name) ? lab.places[name] : undefined
  if (place) return place
  throw new LabError(
    'NotFound',
    `The lab ${lab.name} has no place "${name}": ${suggest(name, Object.keys(lab.places))}`,
  )
}

/** Who a person is to others who want the same place. */
export function reservedBy(): string {
  return `reserved by ${userInfo().username}`
}

/**
 * Works on a place as its only holder, for as long as the work takes. Who has reserved it keeps it behind the work.
 * @param why what for, as others are told
 * @throws LabError PlaceBroken when somebody else has it, with who and what for
 */
export async function onPlace<Result>(
  context: Context,
  store: Store,
  lab: Inventory,
  name: string,
  why: string,
  work: (place: OpenPlace) => Promise<Result>,
): Promise<Result> {
  const place = placeNamed(lab, name)
  const key = placeKey(lab, name)
  const mine = (await placeStates(store)).find((state) => state.place === key)?.lease
  const reserved = mine?.holder === reservedBy() && mine.until > Date.now()
  const holder = reserved ? reservedBy() : `${userInfo().username}, process ${process.pid}`
  const lease = await requestLease(store, { places: [key], holder, why, forMs: heldMs }, Date.now())
  if (!lease) throw await taken(store, key)
  const open = openPlace({
    inventory: lab,
    place,
    folder: join(context.folders.state, 'labs'),
    attempt: `by-hand-${lease.fence}`,
    mayCommand: () => requireHeld(store, lease),
  })
  const ended = new AbortController()
  const renewing = keepRenewing(store, lease, ended.signal)
  try {
    return await work(open)
  } finally {
    ended.abort()
    await renewing
    await open.close()
    if (!reserved) await releaseLease(store, lease)
  }
}

async function keepRenewing(store: Store, lease: LeaseKey, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of every(renewMs, undefined, { signal, ref: false }))
      await renewLease(store, lease, Date.now() + heldMs)
  } catch {
    // Ended, or lost: each command asks for the lease before it is sent.
  }
}

async function requireHeld(store: Store, lease: LeaseKey): Promise<void> {
  if (!(await holdsLease(store, lease)))
    throw new LabError('StaleFence', `${lease.place} is no longer yours: somebody else has it now.`)
}

/** Why a place cannot be had: one sentence. */
export async function taken(store: Store, key: string): Promise<LabError> {
  const state = (await placeStates(store)).find(({ place }) => place === key)
  if (state?.suspect)
    return new LabError(
      'PlaceBroken',
      `${key} is suspect: ${state.suspect} \`hyplab place ${key.split('/')[1]} check\` looks whether it is healthy.`,
    )
  const lease = state && !isFree(state, Date.now()) ? state.lease : null
  const who = lease
    ? `${lease.holder} has it (${lease.why}), until ${new Date(lease.until).toISOString()}`
    : 'somebody had it a moment ago'
  return new LabError('PlaceBroken', `${key} is not free: ${who}.`)
}
