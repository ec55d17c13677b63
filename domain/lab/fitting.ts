import { suggest } from '../yaml/did-you-mean.ts'
import type { Inventory, LabPlace, PlaceClass } from './inventory.ts'

/** What a plan's target asks of a place. */
export interface Wish {
  kind: PlaceClass['kind']
  /** The class that it must be of; any where absent. */
  class?: string
  /** What it must have; nothing beyond its class where absent. */
  tags?: readonly string[]
}

/** @returns the places that fit, in the order of the lab's file */
export function placesFor(lab: Inventory, wish: Wish): LabPlace[] {
  return Object.values(lab.places).filter(
    (place) => isOfClass(lab, place, wish) && missingTags(place, wish).length === 0,
  )
}

/** @returns one sentence that says why no place fits; undefined when one does */
export function whyNoneFits(lab: Inventory, wish: Wish): string | undefined {
  if (placesFor(lab, wish).length > 0) return undefined
  const { kind, class: wanted, tags = [] } = wish
  if (wanted !== undefined) {
    const found = Object.hasOwn(lab.classes, wanted) ? lab.classes[wanted] : undefined
    const classes = Object.values(lab.classes).filter((one) => one.kind === kind)
    if (found === undefined) {
      const names = classes.map(({ name }) => name)
      const hint = names.length === 0 ? `it has none of kind ${kind}` : suggest(wanted, names)
      return `The lab ${lab.name} has no class "${wanted}": ${hint}${hint.endsWith('?') ? '' : '.'}`
    }
    if (found.kind !== kind)
      return `The class "${wanted}" of the lab ${lab.name} is of kind ${found.kind}, not ${kind}.`
  }
  const who = wanted === undefined ? `kind ${kind}` : `class ${wanted}`
  const places = Object.values(lab.places).filter((place) => isOfClass(lab, place, wish))
  if (places.length === 0) return `The lab ${lab.name} has no place of ${who}.`
  const had = [...new Set(places.flatMap((place) => place.tags))].sort()
  const unknown = tags.find((tag) => !had.includes(tag))
  if (unknown !== undefined) {
    const hint = had.length === 0 ? 'they have no tags' : suggest(unknown, had)
    return `No place of ${who} in the lab ${lab.name} has the tag "${unknown}": ${hint}${hint.endsWith('?') ? '' : '.'}`
  }
  const nearest = places.reduce((best, place) =>
    missingTags(place, wish).length < missingTags(best, wish).length ? place : best,
  )
  const lacks = missingTags(nearest, wish).join(', ')
  return `No place of ${who} in the lab ${lab.name} has all of the tags ${tags.join(', ')}: ${nearest.name} lacks ${lacks}.`
}

function isOfClass(lab: Inventory, place: LabPlace, wish: Wish): boolean {
  return (wish.class ?? place.class) === place.class && lab.classes[place.class]?.kind === wish.kind
}

function missingTags(place: LabPlace, { tags = [] }: Wish): string[] {
  return tags.filter((tag) => !place.tags.includes(tag))
}
