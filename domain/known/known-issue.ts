import type { FactValue } from '../finding.ts'
import { matches, type Point, type Selector } from '../plan/axes.ts'
import type { CellNight, FailingFinding } from '../night/cell-night.ts'

/** A failure that somebody knows of and looks after: what `known.yaml` says. */
export interface KnownIssue {
  finding: string
  /** What the finding's facts must be, beside the outcome. */
  facts: Record<string, FactValue>
  /** In which cells. */
  cells: Selector
  reason: string
  link?: string
  /** Who looks after it; one without is not taken for known. */
  owner?: string
  /** The last day on which it is taken for known, as UTC's midnight behind it, epoch ms. */
  expires?: number
  /** Where it stands: `known.yaml:12`. */
  at: string
}

/** Whether an issue may still be called known, and if not, why: a sentence. */
export function whyNotKnown(issue: KnownIssue, now: number): string | undefined {
  if (issue.owner === undefined) return `${issue.at}: nobody owns this known issue; name an owner.`
  if (issue.expires !== undefined && now >= issue.expires)
    return `${issue.at}: this known issue of ${issue.owner} has expired; look at it again, or give it another day.`
  return undefined
}

/** The issue that a failure is, of those that may be called known or not. */
export function issueOf(issues: readonly KnownIssue[], point: Point, failing: FailingFinding): KnownIssue | undefined {
  return issues.find(
    ({ finding, facts, cells }) =>
      finding === failing.id &&
      matches(cells, point) &&
      Object.entries(facts).every(([fact, value]) => failing.facts[fact] === value),
  )
}

/** What the known issues make of a cell's night. */
export interface Knowledge {
  /** Each cause of the failure that is known, with its issue. */
  known: { failing: FailingFinding; issue: KnownIssue }[]
  /** Causes that nobody knows, or no longer. */
  unknown: FailingFinding[]
}

/** Takes a night's cell apart into what is known of its failure and what is not. */
export function knowledgeOf(
  issues: readonly KnownIssue[],
  { failing }: CellNight,
  point: Point,
  now: number,
): Knowledge {
  const knowledge: Knowledge = { known: [], unknown: [] }
  for (const cause of failing) {
    const issue = issueOf(issues, point, cause)
    if (issue && whyNotKnown(issue, now) === undefined) knowledge.known.push({ failing: cause, issue })
    else knowledge.unknown.push(cause)
  }
  return knowledge
}
