import type { Fault, FaultKind, Lost } from './check-run.ts'
import { victims, type Kind, type Victim } from './disturbance.ts'

/** A disturbed run, as far as it is counted. */
export interface Counted {
  disturbances: { kind: Kind; victim: Victim }[]
  faults: Fault[]
  lost: Lost
}

const counted: [heading: string, FaultKind][] = [
  ['wrong verdicts', 'wrong verdict'],
  ['failed runs', 'failed run'],
  ['leaks', 'leak'],
  ['open rows', 'open row'],
  ['other faults', 'other'],
]

/**
 * The Markdown table: a row for each victim and kind, and one for all. A run in which several were disturbed counts in the
 * row of each, and once in the last.
 */
export function table(runs: readonly Counted[]): string {
  const rows = (Object.keys(victims) as Kind[]).flatMap((kind) =>
    victims[kind].map((victim) => {
      const is = (one: { kind: Kind; victim: Victim }): boolean => one.kind === kind && one.victim === victim
      return row(
        victim,
        kind,
        runs.filter(({ disturbances }) => disturbances.some(is)),
        is,
      )
    }),
  )
  const lines = [
    ['victim', 'kind', 'count', 'runs', 'lost as infra', 'tainted', ...counted.map(([heading]) => heading)],
    ...rows,
    row('all', '', runs, () => true),
  ]
  return markdown(lines)
}

function row(
  victim: string,
  kind: string,
  runs: readonly Counted[],
  is: (disturbance: Counted['disturbances'][number]) => boolean,
): string[] {
  const sum = (of: (run: Counted) => number): string => String(runs.reduce((all, run) => all + of(run), 0))
  return [
    victim,
    kind,
    sum(({ disturbances }) => disturbances.filter(is).length),
    String(runs.filter(({ disturbances }) => disturbances.some(is)).length),
    sum(({ lost }) => lost.infra),
    sum(({ lost }) => lost.tainted),
    ...counted.map(([, fault]) => sum(({ faults }) => faults.filter(({ kind: of }) => of === fault).length)),
  ]
}

/** Aligned as prettier does it, so that it can be put into a page as it is. */
function markdown([head = [], ...rows]: string[][]): string {
  const widths = head.map((heading, n) => Math.max(heading.length, ...rows.map((cells) => cells[n]!.length)))
  const line = (cells: string[]): string => `| ${cells.map((text, n) => text.padEnd(widths[n]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
