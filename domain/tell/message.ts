import type { CellChange, Standing } from '../night/compare-night.ts'
import type { News, NewsKind } from './news-of.ts'

/** What is told, in words and for programs, before anybody knows how it gets there. */
export interface Wording {
  /** One line, ASCII. */
  subject: string
  /** Of at most 72 columns but for what is not to be broken. */
  text: string
  data: MessageData
}

/** What is told for programs: what a webhook and a file of JSON lines get, with subject, text and id beside it. */
export interface MessageData {
  schemaVersion: 1
  kind: 'night' | 'digest' | 'test'
  schedule: string
  night?: { id: number; due: string; run: number | null; fault: string | null }
  /** Whether somebody has to look. */
  red?: boolean
  /** Cells by standing. */
  counts?: Partial<Record<Standing | 'known', number>>
  news: NewsData[]
}

export interface NewsData {
  kind: NewsKind
  cause: string
  sentence: string
  cells: { cell: string; result: string; before?: string; since?: string; moved: string[] }[]
}

/** Something told, on its way to one place. */
export interface Message extends Wording {
  /** Of its own for each night and place, and the same however often it is sent: 32 hex digits. */
  id: string
  schedule: string
  /** The id of the message that it answers. */
  thread?: string
  /** When it was put into words, epoch ms. */
  written: number
}

/** @returns news without what only our own comparison needs */
export function newsData({ kind, cause, sentence, cells }: News): NewsData {
  return { kind, cause, sentence, cells: cells.map(cellData) }
}

function cellData({ cell, tonight, before, since, moved }: CellChange): NewsData['cells'][0] {
  return {
    cell,
    result: tonight.result,
    ...(before && { before: before.result }),
    ...(since && { since: since.result }),
    moved: moved.map(({ what }) => what),
  }
}
