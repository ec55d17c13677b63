import { LabError } from '../../domain/errors.ts'
import type { Inventory } from '../../domain/lab/inventory.ts'
import { placeKey } from '../../domain/lab/place-key.ts'
import { heldAfter } from '../../domain/lease/hold.ts'
import { isFree, type PlaceState } from '../../domain/lease/lease.ts'
import { placeStates, releaseLease, requestLease } from '../../store/leases.ts'
import type { Store } from '../../store/store.ts'
import type { OpenPlace } from '../../targets/place/place.ts'
import { when } from '../commands/list.ts'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { readLabFile } from '../../reading/read-lab.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'
import { onPlace, placeNamed, reservedBy, taken } from './hold-place.ts'
import { labFileOf } from './lab-file.ts'

/** Prints the places of a lab. */
export async function listPlaces(
  { folders, json, paint, print, printJson }: Context,
  option: string | undefined,
): Promise<void> {
  const lab = readLabFile(labFileOf(option, 'places belong to a lab'))
  const states = await withStore(folders, placeStates)
  const now = Date.now()
  const places = Object.values(lab.places).map(({ name, class: kind, tags }) => {
    const state = states.find(({ place }) => place === placeKey(lab, name))
    const lease = isFree(state, now) ? null : (state?.lease ?? null)
    return { name, class: kind, tags, ...heldAs(lease), suspect: state?.suspect ?? null }
  })
  if (json) return printJson({ schemaVersion: 1, lab: lab.name, places })
  const rows = places.map(({ name, class: kind, tags, holder, why, since, until, suspect }) => [
    name,
    kind,
    tags.join(' '),
    suspect !== null ? paint.red('suspect') : holder === null ? paint.green('free') : paint.yellow('held'),
    suspect ?? (holder === null ? '' : `${holder}, since ${when(since!)} until ${when(until!)}: ${why}`),
  ])
  print(table([['place', 'class', 'tags', 'state', ''].map(paint.dim), ...rows]))
}

function heldAs(lease: PlaceState['lease']): {
  holder: string | null
  why: string | null
  since: number | null
  until: number | null
} {
  if (lease === null) return { holder: null, why: null, since: null, until: null }
  const { holder, why, since, until } = lease
  return { holder, why, since, until }
}

/** Keeps a place for who asks. @param options.for seconds */
export async function reserve(
  context: Context,
  name: string,
  options: { for: number; why: string; lab?: string },
): Promise<void> {
  const lab = readLabFile(labFileOf(options.lab, 'a place belongs to a lab'))
  const key = placeKey(lab, placeNamed(lab, name).name)
  await withStore(context.folders, async (store) => {
    const request = { places: [key], holder: reservedBy(), why: options.why, forMs: options.for * 1000 }
    const lease = await requestLease(store, request, Date.now())
    if (!lease) throw await taken(store, lab, name)
    if (context.json) context.printJson({ schemaVersion: 1, place: name, ...heldAs(lease) })
    context.talk(`${name} is yours until ${when(lease.until)}; \`hyplab release ${name}\` gives it back.`)
  })
}

/** Gives a place back that its asker has reserved; a board that was kept after an attempt is switched off before. */
export async function release(context: Context, name: string, option: string | undefined): Promise<void> {
  const lab = readLabFile(labFileOf(option, 'a place belongs to a lab'))
  const key = placeKey(lab, placeNamed(lab, name).name)
  await withStore(context.folders, async (store) => {
    const lease = (await placeStates(store)).find(({ place }) => place === key)?.lease
    const tell = (text: string, released: boolean): void => {
      if (context.json) context.printJson({ schemaVersion: 1, place: name, released })
      context.talk(text)
    }
    if (lease?.holder !== reservedBy()) return tell(`${name} is not reserved by you; nothing to give back.`, false)
    const attempt = heldAfter(lease.why)
    if (attempt !== undefined) await putAway(context, store, lab, name, attempt)
    await releaseLease(store, lease)
    tell(`${name} is ${attempt === undefined ? '' : 'switched off and '}given back.`, true)
  })
}

/** Switches a board off that an attempt left, and takes back what was flashed for that attempt. */
async function putAway(context: Context, store: Store, lab: Inventory, name: string, attempt: string): Promise<void> {
  const cut = new AbortController()
  const done = onInterrupt(() => cut.abort(new LabError('PlaceBroken', 'Interrupted.')))
  const work = async (open: OpenPlace): Promise<void> => {
    await open.off(cut.signal)
    await open.clear(cut.signal)
  }
  try {
    await onPlace(context, store, lab, name, `hyplab release ${name}`, work, attempt)
  } finally {
    done()
  }
}
