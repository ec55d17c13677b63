import type { CellNight } from '../domain/night/cell-night.ts'
import type { CellChange } from '../domain/night/compare-night.ts'
import type { MovedInput } from '../domain/night/moved-inputs.ts'
import type { NightGroup, NightStory } from '../domain/night/tell-night.ts'
import { unchangedInWords } from '../domain/night/unchanged.ts'
import { inWords } from '../domain/flake/rate.ts'
import { wrap } from './wrap.ts'

/** What stands above a night: the schedule, when it was due as text, its run. */
export interface NightHead {
  schedule: string
  due: string
  /** Null when the night did not begin, and then why. */
  run: number | null
  fault: string | null
  summary: string
  /** Who looks after the schedule. */
  owner?: string | undefined
  /** The night since which nothing moved that cells are made of. */
  unchangedSince?: { run: number; at: number } | undefined
}

/** So many cells are told below one cause; the others are counted. */
const mostCells = 8
/** So many parts that moved are told. */
const mostMoved = 4

/** A night as a mail of at most 72 columns, apart from what must not be broken. Causes first, consequences nowhere: they hang below. */
export function nightText(head: NightHead, story: NightStory): string {
  const began = head.run === null ? `did not begin: ${head.fault}` : `run ${head.run}: ${head.summary}`
  return [
    ...wrap(`night of ${head.due}, ${began}`, `${head.schedule}, `),
    ...(head.owner === undefined ? [] : [`owner: ${head.owner}`]),
    '',
    ...wrap(countsInWords(story), ''),
    ...(head.unchangedSince ? wrap(`${capital(unchangedInWords(head.unchangedSince))}.`, '') : []),
    ...story.groups.flatMap((group) => ['', ...groupLines(group)]),
    ...(story.notes.length === 0 ? [] : ['', ...story.notes.flatMap((note) => wrap(note, ''))]),
    '',
  ].join('\n')
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

function countsInWords({ counts }: NightStory): string {
  const words = Object.entries(counts).map(([standing, count]) => `${count} ${standing}`)
  return words.length === 0 ? 'No cells.' : `${words.join(', ')}.`
}

function groupLines({ standing, cause, sentence, issue, cells }: NightGroup): string[] {
  const told = cells.slice(0, mostCells)
  const more = cells.length - told.length
  return [
    `${standing.toUpperCase()}${cause === '' ? '' : `  ${cause}`}`,
    ...(sentence === '' ? [] : wrap(sentence, '  ')),
    ...(issue ? wrap(knownInWords(issue), '  known: ') : []),
    ...told.flatMap((change) => cellLines(change)),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

function knownInWords({ reason, owner, link, expires }: NonNullable<NightGroup['issue']>): string {
  const until = expires === undefined ? '' : `, until ${dayOf(expires - 1)}`
  return `${reason} (${owner}${until})${link === undefined ? '' : ` ${link}`}`
}

function cellLines({ cell, tonight, before, since, moved, rates, standing }: CellChange): string[] {
  const indent = ' '.repeat(2 + tonight.result.length + 2)
  const about = [
    standing === 'new failure' && before ? `last good: ${nightOf(before)}` : '',
    standing === 'new failure' && !before ? 'it has no earlier result' : '',
    since ? `since ${nightOf(since)}` : '',
    rates ? `not as expected in ${inWords(rates.now)}; before in ${inWords(rates.before)}` : '',
    standing === 'unchanged' && before && !since ? `as in ${nightOf(before)}: ${before.verdict}` : '',
    standing === 'still failing' || standing === 'good' || standing === 'unchanged' ? '' : movedInWords(moved),
  ].filter((part) => part !== '')
  return [`  ${tonight.result}  ${cell}`, ...about.flatMap((part) => wrap(part, indent))]
}

function movedInWords(moved: readonly MovedInput[]): string {
  if (moved.length === 0) return ''
  const told = moved.slice(0, mostMoved).map(({ what, before, after }) => {
    const [from, to] = onlyDifferent(before, after)
    return `${what} ${show(from)} -> ${show(to)}`
  })
  const more = moved.length > mostMoved ? `, and ${moved.length - mostMoved} more` : ''
  return `moved: ${told.join(', ')}${more}`
}

/** Of two texts of many words, such as command lines, the words that only one has. */
function onlyDifferent(before: unknown, after: unknown): [unknown, unknown] {
  if (typeof before !== 'string' || typeof after !== 'string') return [before, after]
  const [one, other] = [before.split(' '), after.split(' ')]
  const without = (words: string[], others: string[]) => words.filter((word) => !others.includes(word)).join(' ')
  const [from, to] = [without(one, other), without(other, one)]
  // The same words in another order.
  return from === '' && to === '' ? [before, after] : [from || 'nothing', to || 'nothing']
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > 40 ? `${text.slice(0, 37)}...` : text
}

function nightOf({ result, at }: CellNight): string {
  return `${result} (${dayOf(at)})`
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
