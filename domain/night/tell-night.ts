import { knowledgeOf, issueOf, whyNotKnown, type KnownIssue } from '../known/known-issue.ts'
import { axes, matches, type Point } from '../plan/axes.ts'
import { conclusionOf, signatureOf, type CellNight } from './cell-night.ts'
import type { CellChange, Standing } from './compare-night.ts'

/** What a night came to, each cell in just one place. */
export interface NightStory {
  /** Whether somebody has to look at it: a failure or a flake that is not known, or a known issue that is none any longer. */
  red: boolean
  /** Whether some cells say nothing: they were not run, or the lab broke them. */
  incomplete: boolean
  /** Causes, the worst standing first; the cells that show one hang below it. */
  groups: NightGroup[]
  /** What is to be said of the known issues: seen no longer, expired, owned by nobody. */
  notes: string[]
  /** Cells by standing, those of known failures as `known`. Together they are all cells of the night. */
  counts: Partial<Record<Standing | 'known', number>>
}

/** One cause, or one thing that befell cells, and the cells. */
export interface NightGroup {
  standing: Standing | 'known'
  /** What makes it one: `ffa.usable · -22`; empty where no finding says. */
  cause: string
  /** In the words of the first cell that shows it. */
  sentence: string
  /** Of a known failure. */
  issue?: KnownIssue
  cells: CellChange[]
}

const order = [
  'new failure',
  'unstable',
  'still failing',
  'still unstable',
  'fixed',
  'known',
  'no result',
  'not run',
  'unchanged',
] as const

const reddening: ReadonlySet<Standing | 'known'> = new Set([
  'new failure',
  'unstable',
  'still failing',
  'still unstable',
])

/**
 * Puts a night's cells together by what befell them and by cause, and says what became of the known issues.
 * @param past the earlier nights of a cell, oldest first
 * @param now when it is told, epoch ms: known issues expire
 */
export function tellNight(
  changes: readonly CellChange[],
  issues: readonly KnownIssue[],
  past: (cell: string) => readonly CellNight[],
  now: number,
): NightStory {
  const groups = new Map<string, NightGroup>()
  const counts: NightStory['counts'] = {}
  let red = false
  let incomplete = false
  for (const change of changes) {
    const { standing, cause, sentence, issue } = placeOf(change, issues, now)
    counts[standing] = (counts[standing] ?? 0) + 1
    red ||= reddening.has(standing) || (standing === 'unchanged' && isOpen(change, issues, now))
    incomplete ||= saysNothing(change)
    if (standing === 'good') continue
    const key = JSON.stringify([standing, cause, issue?.at, ...(standing === 'not run' ? [sentence] : [])])
    const group = groups.get(key) ?? { standing, cause, sentence, ...(issue && { issue }), cells: [] }
    group.cells.push(change)
    groups.set(key, group)
  }
  const told = [...groups.values()].toSorted((a, b) => rank(a) - rank(b))
  const gone = issues.flatMap((issue) => whyNotKnown(issue, now) ?? [])
  return {
    red: red || gone.length > 0,
    incomplete,
    groups: told,
    notes: [...gone, ...issues.flatMap((issue) => notSeen(issue, changes, past) ?? [])],
    counts,
  }
}

function rank({ standing }: NightGroup): number {
  return order.findIndex((one) => one === standing)
}

/** Nothing is known of such a cell: also not of one in whose night nothing moved, and that never said anything. */
function saysNothing({ standing, before }: CellChange): boolean {
  return standing === 'not run' || standing === 'no result' || (standing === 'unchanged' && before === undefined)
}

/**
 * Whether what stands of a cell that was not run is a failure or a flake that is not known: it is none the less there.
 */
function isOpen({ before }: CellChange, issues: readonly KnownIssue[], now: number): boolean {
  if (!before || !isWrong(before)) return false
  const { known, unknown } = knowledgeOf(issues, before, pointOf(before.cell), now)
  return unknown.length > 0 || known.length === 0
}

function isWrong(night: CellNight): boolean {
  const conclusion = conclusionOf(night)
  return conclusion === 'bad' || conclusion === 'flaky'
}

/** Where a cell is told: under the cause of its failure, the first that nobody knows. */
function placeOf(change: CellChange, issues: readonly KnownIssue[], now: number): Omit<NightGroup, 'cells'> {
  const { tonight, standing, before } = change
  if (standing === 'unchanged' && before && isOpen(change, issues, now)) {
    const [first] = knowledgeOf(issues, before, pointOf(before.cell), now).unknown
    return { standing, cause: first ? signatureOf(first) : '', sentence: first?.sentence ?? before.sentence }
  }
  if (!isWrong(tonight)) return { standing, cause: '', sentence: tonight.sentence }
  const { known, unknown } = knowledgeOf(issues, tonight, pointOf(tonight.cell), now)
  const [first] = unknown
  const [issue] = known
  if (!first && issue)
    return {
      standing: 'known',
      cause: signatureOf(issue.failing),
      sentence: issue.failing.sentence,
      issue: issue.issue,
    }
  return { standing, cause: first ? signatureOf(first) : '', sentence: first?.sentence ?? tonight.sentence }
}

/** What is said of an issue that none of its cells showed in nights that said something of them. */
function notSeen(
  issue: KnownIssue,
  changes: readonly CellChange[],
  past: (cell: string) => readonly CellNight[],
): string | undefined {
  const cells = changes.filter(({ cell }) => matches(issue.cells, pointOf(cell)))
  const tonight = cells.map((change) => change.tonight)
  if (tonight.some((night) => shows(issue, night))) return undefined
  const conclusive = tonight.filter((night) => conclusionOf(night) !== 'none')
  if (cells.length === 0) return `${issue.at}: this known issue is about no cell of the night.`
  if (conclusive.length === 0) return undefined
  const nights = Math.min(
    ...cells.map(({ cell }) => {
      const before = past(cell).filter((night) => conclusionOf(night) !== 'none')
      return before.length - 1 - before.findLastIndex((night) => shows(issue, night))
    }),
  )
  const since = nights === 0 ? '' : ` for ${nights + 1} nights`
  return `${issue.at}: this known issue (${issue.reason}) was not seen${since}: if it is fixed, take it out.`
}

function shows(issue: KnownIssue, night: CellNight): boolean {
  return night.failing.some((failing) => issueOf([issue], pointOf(night.cell), failing) !== undefined)
}

/** A cell's id is its place on the axes. */
function pointOf(cell: string): Point {
  const values = cell.split('/')
  return Object.fromEntries(axes.map((axis, index) => [axis, values[index] ?? ''])) as Point
}
