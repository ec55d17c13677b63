import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setInterval as every } from 'node:timers/promises'
import { LabError } from '../../domain/errors.ts'
import type { Inventory, LabPlace } from '../../domain/lab/inventory.ts'
import { placeKey } from '../../domain/lab/place-key.ts'
import { isHeld } from '../../domain/lease/lease.ts'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import { holdsLease, placeStates, releaseLease, renewLease, requestLease, type LeaseKey } from '../../store/leases.ts'
import type { Store } from '../../store/store.ts'
import { quoteWords } from '../../targets/hosts/quote-words.ts'
import { openPlace } from '../../targets/place/open-place.ts'
import type { OpenPlace } from '../../targets/place/place.ts'
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

/** A place that a command has for itself. */
export interface TakenPlace {
  open: OpenPlace
  /** Whether its user has reserved it, and keeps it behind the command. */
  reserved: boolean
  giveBack: () => Promise<void>
}

/** Why a command wants a place. */
export interface PlaceWish {
  /** What for, as others are told. */
  why: string
  /** The attempt whose things are put away there; without one it is work by hand. */
  attempt?: string
  /** Also a suspect one: it is to be found out whether it is healthy. */
  evenSuspect?: true
}

/**
 * Takes a place as its only holder until it is given back. Who has reserved it keeps it.
 * @throws LabError PlaceBroken when somebody else has it, with who and what for
 */
export async function takePlace(
  context: Context,
  store: Store,
  lab: Inventory,
  name: string,
  wish: PlaceWish,
): Promise<TakenPlace> {
  const place = placeNamed(lab, name)
  const key = placeKey(lab, name)
  const mine = (await placeStates(store)).find((state) => state.place === key)?.lease
  const reserved = mine?.holder === reservedBy() && mine.until > Date.now()
  const holder = reserved ? reservedBy() : `${userInfo().username}, process ${process.pid}`
  const lease = await requestLease(
    store,
    { places: [key], holder, forMs: heldMs, why: wish.why, ...(wish.evenSuspect && { evenSuspect: true as const }) },
    Date.now(),
  )
  if (!lease) throw await taken(store, lab, name)
  const open = openPlace({
    inventory: lab,
    place,
    folder: join(context.folders.state, 'labs'),
    // One name for each place: what was put there by hand is replaced by what comes next.
    attempt: wish.attempt ?? `by-hand-${lab.name}-${name}`,
    mayCommand: () => requireHeld(store, lease),
  })
  const ended = new AbortController()
  // What is reserved is so for as long as was asked for, and neither longer nor shorter for being used.
  const renewing = reserved ? Promise.resolve() : keepRenewing(store, lease, ended.signal)
  return {
    open,
    reserved,
    async giveBack() {
      ended.abort()
      await renewing
      await open.close()
      if (!reserved) await releaseLease(store, lease)
    },
  }
}

/**
 * Works on a place as its only holder, for as long as the work takes.
 * @param why what for, as others are told
 * @param attempt whose things are put away there, where it is an attempt's
 * @throws LabError PlaceBroken when somebody else has it, with who and what for
 */
export async function onPlace<Result>(
  context: Context,
  store: Store,
  lab: Inventory,
  name: string,
  why: string,
  work: (place: OpenPlace) => Promise<Result>,
  attempt?: string,
): Promise<Result> {
  const wish = { why, ...(attempt !== undefined && { attempt }) }
  const { open, giveBack } = await takePlace(context, store, lab, name, wish)
  try {
    return await work(open)
  } finally {
    await giveBack()
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
export async function taken(store: Store, lab: Inventory, name: string): Promise<LabError> {
  const key = placeKey(lab, name)
  const state = (await placeStates(store)).find(({ place }) => place === key)
  const now = Date.now()
  if (state?.suspect && !isHeld(state, now)) {
    const file = /^[\w./-]+$/.test(lab.file) ? lab.file : quoteWords([lab.file])
    const check = `hyplab lab check ${file} --power --place ${name}`
    return new LabError('PlaceBroken', `${key} is suspect: ${state.suspect} \`${check}\` looks whether it is healthy.`)
  }
  const lease = isHeld(state, now) ? state?.lease : undefined
  const who = lease
    ? `${lease.holder} has it (${lease.why}), until ${new Date(lease.until).toISOString()}`
    : 'somebody had it a moment ago'
  return new LabError('PlaceBroken', `${key} is not free: ${who}.`)
}
