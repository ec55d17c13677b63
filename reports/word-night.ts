import type { NightHead } from './night-text.ts'
import { isDigestDue, type Gathered } from '../domain/tell/gathered.ts'
import { newsData, type MessageData, type Wording } from '../domain/tell/message.ts'
import { messagesOf, newsOf, type News, type NightOutcome } from '../domain/tell/news-of.ts'
import type { Telling } from '../domain/tell/telling.ts'
import type { PlannedMessage, TellingPlan, ToldSoFar } from '../store/tellings.ts'
import { digestSubject, digestText } from './digest-text.ts'
import { newsText, wholeText, type EvidenceOf } from './news-text.ts'
import { subjectOf } from './subject.ts'

/** A night that has ended, with all that may be told of it. Times are epoch ms. */
export interface NightToTell {
  night: { id: number; due: number; run: number | null; fault: string | null }
  head: NightHead
  outcome: NightOutcome
  evidenceOf: EvidenceOf
  now: number
}

/**
 * What a place is to be told of a night, in words.
 * @param sofar what it was told before
 * @param idOf the id of a message of this night to this place, by the message that it answers
 */
export function wordNight(
  toTell: NightToTell,
  { when, every }: Pick<Telling, 'when' | 'every'>,
  sofar: ToldSoFar,
  idOf: (thread: string | undefined) => string,
): TellingPlan {
  const { news, silent } = newsOf(toTell.outcome, sofar.told)
  const message = (of: readonly News[], wording: Wording, thread?: string): PlannedMessage => ({
    ...wording,
    id: idOf(thread),
    written: toTell.now,
    ...(thread !== undefined && { thread }),
    opens: of.flatMap(({ opens }) => opens),
    closes: of.flatMap(({ closes }) => closes),
  })
  switch (when) {
    case 'change':
      return {
        silent,
        messages: messagesOf(news).map((one) => message(one.news, wordNews(toTell, one.news), one.thread)),
      }
    case 'always':
      return { silent, messages: [message(news, wordWhole(toTell, news))] }
    case 'digest': {
      // What is gathered is told for sure, by this digest or the next: it need not be told again.
      const gathered = gather(toTell, news)
      const plan = {
        silent: [...silent, ...news.flatMap(({ closes }) => closes)],
        gathered: { night: gathered, opens: news.flatMap(({ opens }) => opens) },
      }
      if (!isDigestDue(toTell.night.due, sofar.digest, every)) return { ...plan, messages: [] }
      const wording = wordDigest(toTell, [...sofar.gathered, gathered])
      return { ...plan, messages: [{ ...message([], wording), digest: true }] }
    }
  }
}

function wordNews(toTell: NightToTell, news: readonly News[]): Wording {
  const { head, night, outcome, evidenceOf } = toTell
  return {
    subject: subjectOf(head.schedule, news.map(newsData)),
    text: newsText(head, night.id, outcome.story, news, evidenceOf),
    data: dataOf(toTell, 'night', news),
  }
}

function wordWhole(toTell: NightToTell, news: readonly News[]): Wording {
  const { head, night, outcome } = toTell
  return {
    subject: subjectOf(head.schedule, news.map(newsData)),
    text: wholeText(head, night.id, outcome.story),
    data: dataOf(toTell, 'night', news),
  }
}

function wordDigest(toTell: NightToTell, nights: readonly Gathered[]): Wording {
  const { head, night, outcome } = toTell
  const data = dataOf(toTell, 'digest', [])
  return {
    subject: digestSubject(head.schedule, nights),
    text: digestText(head.schedule, nights, wholeText(head, night.id, outcome.story)),
    data: { ...data, news: nights.flatMap(({ news }) => news) },
  }
}

function gather({ head }: NightToTell, news: readonly News[]): Gathered {
  const { due, run, fault, summary } = head
  return { due, run, sentence: fault === null ? summary : `did not begin: ${fault}`, news: news.map(newsData) }
}

function dataOf({ head, night, outcome }: NightToTell, kind: 'night' | 'digest', news: readonly News[]): MessageData {
  const { red, counts } = outcome.story
  return {
    schemaVersion: 1,
    kind,
    schedule: head.schedule,
    night: { ...night, due: new Date(night.due).toISOString() },
    red: red || night.fault !== null,
    counts,
    news: news.map(newsData),
  }
}
