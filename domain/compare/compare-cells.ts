import { isDeepEqual } from '../deep-equal.ts'
import type { ReportCell } from '../report/report.ts'
import { counting, lastingFacts, sideOf, type Side } from './side.ts'

/**
 * What became of a finding from base to series. `unstable`: the attempts of a side disagree, so that nothing can be said by
 * one of them. `changed`: it came to another thing that is neither better nor worse, or to the same for another reason.
 * `unknown`: one side shows nothing of it.
 */
export const changeKinds = ['broken', 'unstable', 'fixed', 'changed', 'unknown', 'unchanged'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** One finding of one cell, on both sides. */
export interface FindingChange {
  id: string
  kind: ChangeKind
  base: Side
  series: Side
  /** The finding that this one follows from, where that one has changed in the same way. */
  because?: string
}

/** A cell of the base beside that of the series, which differs from it by the compared axis alone. */
export interface CellPair {
  /** What both have in common, e.g. `ffa=y/optee-sel1/protected/qemu`. */
  name: string
  base: ReportCell
  series: ReportCell
}

/** What became of a cell. */
export interface CellComparison extends CellPair {
  /** The worst of its findings' changes; `unknown` too where a side has no attempt that counts. */
  kind: ChangeKind
  /** Those that are not unchanged, in the order of the findings. */
  changes: FindingChange[]
  /** How many findings are as they were. */
  unchanged: number
}

/** Compares two cells finding by finding. */
export function compareCells(pair: CellPair): CellComparison {
  const [base, series] = [counting(pair.base), counting(pair.series)]
  if (base.length === 0 || series.length === 0) return { ...pair, kind: 'unknown', changes: [], unchanged: 0 }
  const ids = [...new Set([...base, ...series].flatMap(({ findings }) => findings.map(({ id }) => id)))]
  const all = ids.map((id): FindingChange => {
    const sides = { base: sideOf(base, id), series: sideOf(series, id) }
    return { id, kind: kindOf(sides.base, sides.series), ...sides }
  })
  const changes = withCauses(all.filter(({ kind }) => kind !== 'unchanged'))
  const worst = changeKinds.find((kind) => changes.some((change) => change.kind === kind))
  return { ...pair, kind: worst ?? 'unchanged', changes, unchanged: all.length - changes.length }
}

function kindOf(base: Side, series: Side): ChangeKind {
  if (base.outcome === 'mixed' || series.outcome === 'mixed') return 'unstable'
  if (base.outcome === series.outcome) return isSame(base, series) ? 'unchanged' : 'changed'
  if (base.outcome === 'fail' && series.outcome === 'pass') return 'fixed'
  if (base.outcome === 'pass' && series.outcome === 'fail') return 'broken'
  return isShown(base) && isShown(series) ? 'changed' : 'unknown'
}

function isShown({ outcome }: Side): boolean {
  return outcome !== 'unknown' && outcome !== 'absent'
}

function isSame({ shown: one }: Side, { shown: other }: Side): boolean {
  return !one || !other || isDeepEqual(lastingFacts(one.finding), lastingFacts(other.finding))
}

/** A failure that follows from another one comes and goes with it: where both have, only the cause needs to be looked at. */
function withCauses(changes: readonly FindingChange[]): FindingChange[] {
  return changes.map((change) => {
    const failing = [change.series, change.base].find(({ shown }) => shown?.finding.outcome === 'fail')
    const because = failing?.shown?.finding.because
    const cause = changes.find(({ id }) => id === because)
    return cause && failsOn(cause) === failsOn(change) ? { ...change, because: cause.id } : change
  })
}

/** On which side it fails, whatever it is on the other: a cause may be gone by not applying any longer. */
function failsOn({ base, series }: FindingChange): string {
  return [base, series].map(({ outcome }) => (outcome === 'fail' || outcome === 'mixed' ? outcome : 'other')).join()
}
