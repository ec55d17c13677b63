import { whereOf, type Evidence } from '../domain/evidence/evidence.ts'
import type { CellChange } from '../domain/night/compare-night.ts'
import type { NightGroup, NightStory } from '../domain/night/tell-night.ts'
import type { News } from '../domain/tell/news-of.ts'
import { nightText, type NightHead } from './night-text.ts'

/** What the failure of a cell rests on, cause by cause. */
export type EvidenceOf = (change: CellChange) => { id: string; evidence: readonly Evidence[] }[]

/** So many lines are shown below one cause; the others are counted. */
const mostLines = 30

/**
 * A night as a mail that tells only what is new. What it rests on stands below, and there the lines of a console are as they
 * came: not indented, not broken, not joined.
 * @param id the night's
 */
export function newsText(
  head: NightHead,
  id: number,
  story: NightStory,
  news: readonly News[],
  evidenceOf: EvidenceOf,
): string {
  const shown = news.flatMap(({ kind, cells: [change] }) =>
    change && (kind === 'new failure' || kind === 'unstable') ? evidenceLines(change, evidenceOf(change)) : [],
  )
  return [nightText(head, newStory(story, news)), ...shown, allOfIt(head.schedule, id), ''].join('\n')
}

/** A whole night as a mail. */
export function wholeText(head: NightHead, id: number, story: NightStory): string {
  return [nightText(head, story), allOfIt(head.schedule, id), ''].join('\n')
}

function allOfIt(schedule: string, id: number): string {
  return `all of it: hyplab report ${schedule} --night ${id}`
}

/** The story of a night in which only that is told which is new; what else there is, is counted. */
function newStory(story: NightStory, news: readonly News[]): NightStory {
  const groups = news.flatMap(({ kind, cause, sentence, cells }): NightGroup[] => {
    if (kind === 'new failure' || kind === 'unstable' || kind === 'fixed')
      return [{ standing: kind, cause, sentence, cells }]
    return kind === 'no result' ? story.groups : []
  })
  const notes = news.flatMap(({ kind, sentence }) => (kind === 'known issue' ? [sentence] : []))
  return { ...story, groups, notes }
}

function evidenceLines({ tonight }: CellChange, causes: ReturnType<EvidenceOf>): string[] {
  return causes.flatMap(({ id, evidence }) => {
    const lines = evidence.flatMap((each) => [`${tonight.result}  ${id}  ${whereOf(each)}`, ...each.text.split('\n')])
    if (lines.length === 0) return []
    const more = lines.length - mostLines
    return [
      ...lines.slice(0, mostLines),
      ...(more > 0 ? [`and ${more} lines more: hyplab show ${tonight.result}`] : []),
      '',
    ]
  })
}
