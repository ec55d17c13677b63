import type { FailingFinding, CellNight } from '../../../domain/night/cell-night.ts'
import { compareNight } from '../../../domain/night/compare-night.ts'
import { tellNight } from '../../../domain/night/tell-night.ts'
import type { KnownIssue } from '../../../domain/known/known-issue.ts'
import type { NightOutcome } from '../../../domain/tell/news-of.ts'

/** What a cell comes to in a night of a test: it passes, fails by one of two causes, is unsteady, or says nothing. */
export type Played = 'good' | 'a' | 'b' | 'flaky' | 'infra' | 'not run'

export const first = Date.parse('2026-12-01T01:30Z')
export const day = 86_400_000

const refused: FailingFinding = { id: 'ffa.usable', sentence: 'FF-A calls are refused.', facts: { errno: -22 } }
const oops: FailingFinding = { id: 'fault.kernel', sentence: 'It oopsed.', facts: { title: 'oops in x' } }
export const causes = { a: 'ffa.usable · -22', b: 'fault.kernel · oops in x' }

export const cellId = (name: string) => `linux/${name}/optee/protected/qemu`

/** A night of a cell, the night's number counted from 0; its run has the number after it. */
export function playCell(name: string, night: number, played: Played): CellNight {
  const verdicts = { good: 'pass', a: 'fail', b: 'fail', flaky: 'flaky', infra: 'infra', 'not run': null } as const
  const failing = played === 'a' || played === 'flaky' ? [refused] : played === 'b' ? [oops] : []
  const failed = { good: 0, a: 5, b: 5, flaky: 1, infra: 0, 'not run': 0 }[played]
  const of = { good: 1, a: 5, b: 5, flaky: 5, infra: 0, 'not run': 0 }[played]
  return {
    cell: cellId(name),
    result: `${night + 1}.1`,
    at: first + night * day,
    verdict: verdicts[played],
    sentence: `${name} was ${played}.`,
    unexpected: { failed, of },
    failing,
    inputs: {},
  }
}

/** What the last of some nights came to: each a map from cells to what they came to. */
export function playNights(
  nights: readonly Record<string, Played>[],
  issues: readonly KnownIssue[] = [],
): NightOutcome {
  const played = nights.map((cells, night) => Object.entries(cells).map(([name, as]) => playCell(name, night, as)))
  const past = (cell: string) => played.slice(0, -1).flatMap((cells) => cells.filter((each) => each.cell === cell))
  const changes = compareNight(played.at(-1)!, past)
  const now = first + (nights.length - 1) * day
  return { fault: null, broken: null, changes, story: tellNight(changes, issues, past, now) }
}

/** A night that did not begin. */
export function faultyNight(fault: string): NightOutcome {
  return { fault, broken: null, changes: [], story: tellNight([], [], () => [], first) }
}
