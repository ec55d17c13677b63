import { counted } from '../domain/counted.ts'
import type { Gathered } from '../domain/tell/gathered.ts'
import type { NewsData } from '../domain/tell/message.ts'
import { newsInWords, oneLine } from './subject.ts'
import { wrap } from './wrap.ts'

/** The subject of a digest: `nightly: 7 nights: 2 new failures, 1 fixed`. */
export function digestSubject(schedule: string, nights: readonly Gathered[]): string {
  const news = nights.flatMap((night) => night.news)
  return oneLine(`${schedule}: ${counted(nights.length, 'night')}: ${newsInWords(news)}`)
}

/**
 * Several nights as a mail: what was new in each of them, then the last as a whole.
 * @param nights oldest first
 * @param last the last of them, in words
 */
export function digestText(schedule: string, nights: readonly Gathered[], last: string): string {
  return [
    `${schedule}, ${counted(nights.length, 'night')}`,
    '',
    ...nights.flatMap(({ due, run, sentence, news }) => [
      ...wrap(`${due}, ${run === null ? sentence : `run ${run}: ${sentence}`}`, '- '),
      ...news.flatMap(newsLines),
    ]),
    '',
    'The last of them:',
    '',
    last,
  ].join('\n')
}

function newsLines({ kind, cause, sentence, cells }: NewsData): string[] {
  const [first] = cells
  const more = cells.length > 1 ? ` and ${cells.length - 1} more` : ''
  const where = first ? ` (${first.result} ${first.cell}${more})` : ''
  return wrap(`${kind.toUpperCase()} ${cause === '' ? sentence : cause}${where}`, '  ')
}
