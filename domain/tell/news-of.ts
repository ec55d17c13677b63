import { conclusionOf } from '../night/cell-night.ts'
import type { CellChange, Standing } from '../night/compare-night.ts'
import type { NightGroup, NightStory } from '../night/tell-night.ts'

/** What a night has that people want to hear of once. */
export const newsKinds = [
  'did not begin',
  'broke',
  'new failure',
  'unstable',
  'fixed',
  'no result',
  'known issue',
] as const
export type NewsKind = (typeof newsKinds)[number]

/** What a night came to, as much as is told of it. */
export interface NightOutcome {
  /** Why it did not begin; null when it did. */
  fault: string | null
  /** Why its run broke; null when it came to its end. */
  broken: string | null
  changes: readonly CellChange[]
  story: NightStory
}

/** One thing to be told, with all cells that show it. */
export interface News {
  kind: NewsKind
  /** What makes a failure one: `ffa.usable · -22`; empty for what has none. */
  cause: string
  sentence: string
  cells: CellChange[]
  /** What is told by it, and not again before it has gone. */
  opens: string[]
  /** What was told before and has gone. */
  closes: string[]
  /** The message that told of it before; absent when none did. */
  thread?: string
}

/** What is to be told of a night, and what ends without a word. */
export interface NightNews {
  news: News[]
  silent: string[]
}

/** What has been told and not ended yet, by its key, with the message that told it. */
export type Told = ReadonlyMap<string, string>

/**
 * Holds a night against what was told before it, not against last night: what no message told, because the night was filled
 * in or its message was lost, is told by the next; what one told is not told again before it has gone.
 *
 * A failure is one by cell and cause, and goes when its cell comes out good. That the cell comes out unstable, with another
 * cause or with nothing at all meanwhile does not end it.
 */
export function newsOf(night: NightOutcome, told: Told): NightNews {
  const sheet = new Sheet(told)
  if (night.fault !== null) {
    sheet.tellOnce('did not begin', keys.fault(night.fault), { sentence: night.fault })
    return sheet.result()
  }
  if (night.broken !== null) sheet.tellOnce('broke', keys.fault(night.broken), { sentence: night.broken })
  else sheet.endSilently(isFault)
  for (const group of night.story.groups) for (const change of group.cells) tellCell(sheet, group, change)
  for (const change of night.changes.filter(({ standing }) => standing === 'good')) tellGood(sheet, change)
  tellNothing(sheet, night)
  for (const note of night.story.notes) sheet.tellOnce('known issue', keys.note(note), { sentence: note })
  return sheet.result()
}

/** What things are known by from night to night. */
const keys = {
  fault: (sentence: string) => JSON.stringify(['fault', sentence]),
  failure: (cell: string, cause: string) => JSON.stringify(['failure', cell, cause]),
  unstable: (cell: string) => JSON.stringify(['unstable', cell]),
  nothing: JSON.stringify(['nothing']),
  // A note counts nights.
  note: (note: string) => JSON.stringify(['note', note.replace(/ for \d+ nights/, '')]),
}

/** Of a failure. */
const causeOf = (key: string) => String((JSON.parse(key) as string[])[2])
const isFault = (key: string) => key.startsWith('["fault",')
const isFailureOf = (cell: string) => (key: string) =>
  key.startsWith(`${JSON.stringify(['failure', cell]).slice(0, -1)},`)

const failing: ReadonlySet<Standing | 'known'> = new Set(['new failure', 'still failing'])

function tellCell(sheet: Sheet, { standing, cause, sentence }: NightGroup, change: CellChange): void {
  const { cell } = change
  const about = { cause, sentence, change }
  // What the cell came to with another cause belongs to what was said of it.
  const [thread] = sheet.threadsOf(isFailureOf(cell))
  const told = { ...about, ...(thread !== undefined && { thread }) }
  if (failing.has(standing)) {
    sheet.tellOnce('new failure', keys.failure(cell, cause), told)
  } else if (standing === 'unstable') {
    sheet.tell('unstable', { ...told, opens: [keys.unstable(cell)] })
  } else if (standing === 'still unstable') {
    sheet.tellOnce('unstable', keys.unstable(cell), told)
  } else if (standing === 'fixed') {
    // What was told to come and go has only gone again, unless it was told to fail for good meanwhile.
    if (thread !== undefined || !sheet.has(keys.unstable(cell))) sheet.tellGone('fixed', isFailureOf(cell), about)
  }
}

/** A cell that is good and was so, or not for sure: what was told of it before has gone, be it in nights that were not told. */
function tellGood(sheet: Sheet, change: CellChange): void {
  const failures = isFailureOf(change.cell)
  if (sheet.threadsOf(failures).length === 0) return
  // What comes and goes is told as that; to call it fixed would be wrong the night after.
  if (sheet.has(keys.unstable(change.cell))) sheet.endSilently(failures)
  else sheet.tellGone('fixed', failures, { sentence: change.tonight.sentence, change })
}

/** A lab that is broken says nothing of any cell, night after night. */
function tellNothing(sheet: Sheet, { broken, changes, story }: NightOutcome): void {
  if (changes.some(({ tonight }) => conclusionOf(tonight) !== 'none')) sheet.endSilently((key) => key === keys.nothing)
  else if (broken === null && changes.length > 0)
    sheet.tellOnce('no result', keys.nothing, { sentence: story.groups[0]?.sentence ?? '' })
}

interface About {
  cause?: string
  sentence: string
  change?: CellChange
  opens?: string[]
  closes?: string[]
  thread?: string
}

/** The news of a night while they are gathered: what has one kind, cause and thread is one. */
class Sheet {
  readonly #told: Told
  readonly #news = new Map<string, News>()
  readonly #silent: string[] = []

  constructor(told: Told) {
    this.#told = told
  }

  has(key: string): boolean {
    return this.#told.has(key)
  }

  /** The messages that told of these things. */
  threadsOf(which: (key: string) => boolean): string[] {
    return [...new Set([...this.#told].flatMap(([key, thread]) => (which(key) ? [thread] : [])))]
  }

  tellOnce(kind: NewsKind, key: string, about: About): void {
    if (!this.#told.has(key)) this.tell(kind, { ...about, opens: [key] })
  }

  /** Tells that something has gone, each in answer to the message that told it. */
  tellGone(kind: NewsKind, which: (key: string) => boolean, about: About): void {
    const gone = [...this.#told.keys()].filter(which)
    const [thread] = this.threadsOf(which)
    const cause = [...new Set(gone.map(causeOf))].join(', ')
    this.tell(kind, { ...about, cause, closes: gone, ...(thread !== undefined && { thread }) })
  }

  endSilently(which: (key: string) => boolean): void {
    this.#silent.push(...[...this.#told.keys()].filter(which))
  }

  tell(kind: NewsKind, { cause = '', sentence, change, opens = [], closes = [], thread }: About): void {
    // What has no cells is one by its sentence.
    const key = JSON.stringify([kind, cause, thread, change === undefined && sentence])
    const news = this.#news.get(key) ?? {
      kind,
      cause,
      sentence,
      cells: [],
      opens: [],
      closes: [],
      ...(thread !== undefined && { thread }),
    }
    if (change) news.cells.push(change)
    news.opens.push(...opens)
    news.closes.push(...closes)
    this.#news.set(key, news)
  }

  result(): NightNews {
    const rank = ({ kind }: News) => newsKinds.indexOf(kind)
    return { news: [...this.#news.values()].toSorted((a, b) => rank(a) - rank(b)), silent: this.#silent }
  }
}

/** The news by the message that they belong to: what is new in one, each answer in one of its own. */
export function messagesOf(news: readonly News[]): { thread: string | undefined; news: News[] }[] {
  const byThread = Map.groupBy(news, ({ thread }) => thread)
  return [...byThread].map(([thread, of]) => ({ thread, news: of }))
}
