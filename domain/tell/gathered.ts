import type { NewsData } from './message.ts'

/** What a digest remembers of a night. */
export interface Gathered {
  /** When it was due, for people. */
  due: string
  run: number | null
  /** What became of it, in a sentence. */
  sentence: string
  news: NewsData[]
}

/** A digest comes so much early that a night which the clock's change makes an hour shorter is not waited out. */
const slack = 2 * 60 * 60

/**
 * Whether a digest is to be sent with the night that is due now.
 * @param last when the night was due that the last one was sent with, epoch ms; null before the first
 * @param every seconds between two
 */
export function isDigestDue(due: number, last: number | null, every: number): boolean {
  return last === null || due - last >= (every - Math.min(slack, every / 2)) * 1000
}
