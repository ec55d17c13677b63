import type { Finding } from '../finding.ts'
import type { Moment } from './moment.ts'
import { placesOf, type Story } from './tell-story.ts'

/** A part of a story: moments one after another, and how many were left out before each. */
export interface Excerpt {
  moment: Moment
  /** Moments left out between the one before and this one. */
  skipped: number
  /** How many like it followed one after another and are told by this one, itself included. */
  times: number
}

/** How much of a story is told. */
export interface Selection {
  /** Leave out what is detail. */
  key: boolean
  /** Tell only what lies between the first and the last thing that these findings rest on. */
  around?: readonly Finding[]
  /** Moments before and after that span, and beside each piece of evidence, which are told whatever their weight. */
  context: number
}

/**
 * Chooses what to tell. Calls that differ in nothing but their number are told once, with how many there were: a driver
 * that polls would drown the others.
 */
export function excerptOf({ moments }: Story, { key, around, context }: Selection): Excerpt[] {
  const places = new Set((around ?? []).flatMap(({ evidence }) => evidence.flatMap(placesOf)))
  const cited = moments.flatMap(({ place }, index) => (places.has(place) ? [index] : []))
  const [first, last] = around ? [cited.at(0), cited.at(-1)] : [0, moments.length - 1]
  if (first === undefined || last === undefined) return []
  const from = around ? first - context : first
  const to = around ? last + context : last
  const beside = new Set(cited.flatMap((index) => span(index - context, index + context)))
  const told: Excerpt[] = []
  let skipped = 0
  for (const [index, moment] of moments.entries()) {
    if (index < from || index > to || (key && moment.weight === 'detail' && !beside.has(index))) {
      skipped++
      continue
    }
    const before = told.at(-1)
    if (before && skipped === 0 && isSame(before.moment, moment)) before.times++
    else told.push({ moment, skipped, times: 1 })
    skipped = 0
  }
  return told
}

function isSame({ call: a, findings }: Moment, { call: b, findings: others }: Moment): boolean {
  if (!a || !b || findings.length + others.length > 0) return false
  return a.name === b.name && a.from === b.from && a.to === b.to && a.course === b.course && a.answer === b.answer
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
