import { nearest } from '../yaml/did-you-mean.ts'
import type { Inventory, LabPlace, PlaceClass } from './inventory.ts'

/** What a plan's target asks of a place. */
export interface Wish {
  kind: PlaceClass['kind']
  /** The class that it must be of; any where absent. */
  class?: string
  /** What it must have; nothing beyond its class where absent. */
  tags?: readonly string[]
  /** The one that it must be; any where absent. */
  place?: string
}

/** @returns the places that fit, in the order of the lab's file */
export function placesFor(lab: Inventory, wish: Wish): LabPlace[] {
  return Object.values(lab.places).filter(
    (place) =>
      (wish.place ?? place.name) === place.name && isOfClass(lab, place, wish) && missingTags(place, wish).length === 0,
  )
}

/** @returns one sentence that says why no place fits; undefined when one does */
export function whyNoneFits(lab: Inventory, wish: Wish): string | undefined {
  if (placesFor(lab, wish).length > 0) return undefined
  const { kind, class: wanted, tags = [], place: only } = wish
  if (only !== undefined && !Object.hasOwn(lab.places, only)) {
    const names = Object.keys(lab.places)
    return `The lab ${lab.name} has no place "${only}"${meant(only, names)}; it has ${names.join(', ')}.`
  }
  if (wanted !== undefined) {
    const found = Object.hasOwn(lab.classes, wanted) ? lab.classes[wanted] : undefined
    if (found === undefined)
      return `The lab ${lab.name} has no class "${wanted}"${meant(wanted, classesOf(lab, kind))}; ${classesThere(lab, kind)}.`
    if (found.kind !== kind)
      return `The class "${wanted}" of the lab ${lab.name} is of kind ${found.kind}, not ${kind}; ${classesThere(lab, kind)}.`
  }
  const who = wanted === undefined ? `kind ${kind}` : `class ${wanted}`
  const places = Object.values(lab.places).filter((place) => isOfClass(lab, place, wish))
  if (places.length === 0) return `The lab ${lab.name} has no place of ${who}; ${placesThere(lab)}.`
  if (only !== undefined && !places.some(({ name }) => name === only))
    return `The place ${only} of the lab ${lab.name} is not of ${who}, but of class ${lab.places[only]!.class}.`
  const had = [...new Set(places.flatMap((place) => place.tags))].sort()
  const unknown = tags.find((tag) => !had.includes(tag))
  if (unknown !== undefined) {
    const there = had.length === 0 ? 'they have no tags' : `they have ${had.join(', ')}`
    return `No place of ${who} in the lab ${lab.name} has the tag "${unknown}"${meant(unknown, had)}; ${there}.`
  }
  const closest = places.reduce((best, place) =>
    missingTags(place, wish).length < missingTags(best, wish).length ? place : best,
  )
  const lacks = missingTags(closest, wish).join(', ')
  return `No place of ${who} in the lab ${lab.name} has all of the tags ${tags.join(', ')}: ${closest.name} lacks ${lacks}.`
}

/** The one that was probably meant, as an aside. */
function meant(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates)
  return near === undefined ? '' : ` (did you mean "${near}"?)`
}

function classesOf(lab: Inventory, kind: Wish['kind']): string[] {
  return Object.values(lab.classes).flatMap((one) => (one.kind === kind ? [one.name] : []))
}

/** Which classes there are, those of the wanted kind as far as there are some. */
function classesThere(lab: Inventory, kind: Wish['kind']): string {
  const names = classesOf(lab, kind)
  if (names.length > 0) return `of kind ${kind} it has ${names.join(', ')}`
  const all = Object.values(lab.classes).map((one) => `${one.name} (${one.kind})`)
  return all.length === 0 ? 'it has no classes' : `it has none of kind ${kind}, only ${all.join(', ')}`
}

function placesThere(lab: Inventory): string {
  const classes = [...new Set(Object.values(lab.places).map((place) => place.class))]
  return classes.length === 0 ? 'it has no places' : `its places are of ${classes.join(', ')}`
}

function isOfClass(lab: Inventory, place: LabPlace, wish: Wish): boolean {
  return (wish.class ?? place.class) === place.class && lab.classes[place.class]?.kind === wish.kind
}

function missingTags(place: LabPlace, { tags = [] }: Wish): string[] {
  return tags.filter((tag) => !place.tags.includes(tag))
}
