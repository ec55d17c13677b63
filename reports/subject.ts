import { counted } from '../domain/counted.ts'
import type { NewsData } from '../domain/tell/message.ts'
import { newsKinds, type NewsKind } from '../domain/tell/news-of.ts'

/** Longest subject: what lists of mails show of one, and short of what a header line may have. */
const longest = 120

const many: Record<NewsKind, [one: string, many?: string]> = {
  'did not begin': ['did not begin', 'did not begin'],
  broke: ['broke', 'broke'],
  'new failure': ['new failure'],
  unstable: ['unstable', 'unstable'],
  fixed: ['fixed', 'fixed'],
  'no result': ['no result', 'no results'],
  'known issue': ['note on known issues', 'notes on known issues'],
}

/** What a message is about, in one line of ASCII: `nightly: new failure: ffa.usable -22 in 3 cells`. */
export function subjectOf(schedule: string, news: readonly NewsData[]): string {
  return oneLine(`${schedule}: ${newsInWords(news)}`)
}

/** A text as one line of ASCII, for a header: nothing in it can begin another. */
export function oneLine(text: string): string {
  const plain = text
    .replaceAll(' · ', ' ')
    .replaceAll(/[^\u0021-\u007e]+/g, ' ')
    .trim()
  return plain.length > longest ? `${plain.slice(0, longest - 3)}...` : plain
}

/** @returns `nothing new`, what one thing is, or how many of which kind there are */
export function newsInWords(news: readonly NewsData[]): string {
  const [first, second] = news
  if (!first) return 'nothing new'
  if (!second) return oneInWords(first)
  const counts = newsKinds.flatMap((kind) => {
    const of = news.filter((each) => each.kind === kind).length
    return of === 0 ? [] : [counted(of, ...many[kind])]
  })
  return counts.join(', ')
}

function oneInWords({ kind, cause, sentence, cells }: NewsData): string {
  const [word] = many[kind]
  const what = cause !== '' ? cause : cells.length === 1 ? cells[0]!.cell : sentence
  const where = cells.length > 1 ? ` in ${cells.length} cells` : ''
  return `${word}: ${what}${where}`
}
