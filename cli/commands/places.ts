import { InvalidArgumentError, type Command } from 'commander'
import { isFree, type PlaceState } from '../../domain/lease/lease.ts'
import { placeKey } from '../../domain/lab/place-key.ts'
import { parseDuration, durationPattern } from '../../domain/yaml/quantity.ts'
import { placeStates, releaseLease, requestLease } from '../../store/leases.ts'
import type { Context } from '../context.ts'
import { placeNamed, reservedBy, taken } from '../hold-place.ts'
import { labFileOf, labOption } from '../lab-file.ts'
import { readLabFile } from '../read-lab.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'
import { when } from './list.ts'

/** `places`, `reserve`, `release`: who has which place of a lab. */
export function addPlacesCommands(program: Command, context: () => Context): void {
  program
    .command('places')
    .description('list the places of a lab: who has them, since when, and what for')
    .option(...labOption)
    .action((options: { lab?: string }) => listPlaces(context(), options.lab))
  program
    .command('reserve <place>')
    .description('keep a place of a lab for yourself')
    .requiredOption('--for <time>', 'how long, e.g. 30min', duration)
    .requiredOption('--why <text>', 'what for, as others are told')
    .option(...labOption)
    .action(async (name: string, options: { for: number; why: string; lab?: string }) => {
      await reserve(context(), name, options)
    })
  program
    .command('release <place>')
    .description('give a place back that you have reserved')
    .option(...labOption)
    .action((name: string, options: { lab?: string }) => release(context(), name, options.lab))
}

async function listPlaces(
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

async function reserve(
  context: Context,
  name: string,
  options: { for: number; why: string; lab?: string },
): Promise<void> {
  const lab = readLabFile(labFileOf(options.lab, 'a place belongs to a lab'))
  const key = placeKey(lab, placeNamed(lab, name).name)
  await withStore(context.folders, async (store) => {
    const request = { places: [key], holder: reservedBy(), why: options.why, forMs: options.for * 1000 }
    const lease = await requestLease(store, request, Date.now())
    if (!lease) throw await taken(store, key)
    context.talk(`${name} is yours until ${when(lease.until)}; \`hyplab release ${name}\` gives it back.`)
  })
}

async function release(context: Context, name: string, option: string | undefined): Promise<void> {
  const lab = readLabFile(labFileOf(option, 'a place belongs to a lab'))
  const key = placeKey(lab, placeNamed(lab, name).name)
  await withStore(context.folders, async (store) => {
    const lease = (await placeStates(store)).find(({ place }) => place === key)?.lease
    if (lease?.holder !== reservedBy()) return context.talk(`${name} is not reserved by you; nothing to give back.`)
    await releaseLease(store, lease)
    context.talk(`${name} is given back.`)
  })
}

function duration(text: string): number {
  if (!durationPattern.test(text)) throw new InvalidArgumentError('It must be a time with a unit, e.g. 30min or 2 h.')
  return parseDuration(text)
}
