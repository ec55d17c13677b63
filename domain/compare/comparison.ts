import { signatureOf } from '../night/cell-night.ts'
import type { ReportBuild, ReportCell, ReportRun } from '../report/report.ts'
import { changeKinds, compareCells, type CellComparison, type ChangeKind, type FindingChange } from './compare-cells.ts'
import type { Pairs } from './pair-cells.ts'
import type { Side } from './side.ts'

/** A side of a comparison: what was tested. */
export interface ComparedSide {
  run: Pick<ReportRun, 'id' | 'plan' | 'state' | 'started'>
  cells: ReportCell[]
  builds: ReportBuild[]
}

/** Two sides, cell by cell. */
export interface Comparison {
  base: ComparedSide
  series: ComparedSide
  differ: Pairs['differ']
  cells: CellComparison[]
  /** The causes, the worst first, each with the cells that show it. */
  groups: ChangeGroup[]
  onlyBase: ReportCell[]
  onlySeries: ReportCell[]
  /** Cells by what became of them. */
  counts: Partial<Record<ChangeKind, number>>
  /** Whether each cell of the series came out as the plan says, every attempt of it, and none is missing. */
  seriesAsExpected: boolean
}

/** One change of one finding, in all the cells that show it. */
export interface ChangeGroup {
  kind: ChangeKind
  id: string
  cells: ChangedCell[]
}

export interface ChangedCell {
  cell: CellComparison
  change: FindingChange
  /** The findings that follow from it, and have changed as it has. */
  consequences: FindingChange[]
}

/** Compares the cells that have been put side by side. */
export function compare(base: ComparedSide, series: ComparedSide, { pairs, ...rest }: Pairs): Comparison {
  const cells = pairs.map(compareCells)
  const counts: Comparison['counts'] = {}
  for (const { kind } of cells) counts[kind] = (counts[kind] ?? 0) + 1
  const judged = [...pairs.map((pair) => pair.series), ...rest.onlySeries]
  return {
    base,
    series,
    ...rest,
    cells,
    groups: groupsOf(cells),
    counts,
    seriesAsExpected: judged.length > 0 && judged.every(isAsPlanned),
  }
}

/** A plan that says nothing of a cell has no expectation that held. */
function isAsPlanned({ verdict, expectations }: ReportCell): boolean {
  return verdict?.verdict === 'pass' && expectations.length > 0
}

function groupsOf(cells: readonly CellComparison[]): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup>()
  for (const cell of cells)
    for (const change of cell.changes) {
      if (change.because !== undefined) continue
      const { kind, id } = change
      const key = JSON.stringify([kind, id, wordOf(change.base), wordOf(change.series)])
      const group = groups.get(key) ?? { kind, id, cells: [] }
      group.cells.push({ cell, change, consequences: following(cell.changes, id) })
      groups.set(key, group)
    }
  return [...groups.values()].toSorted((a, b) => rank(a) - rank(b))
}

/** What matters most of a change and of what follows from it. */
function rank({ kind, cells }: ChangeGroup): number {
  const kinds = [kind, ...cells.flatMap(({ consequences }) => consequences.map((each) => each.kind))]
  return Math.min(...kinds.map((each) => changeKinds.indexOf(each)))
}

/** All that follow from a finding, at any depth. */
function following(changes: readonly FindingChange[], cause: string): FindingChange[] {
  return changes.flatMap((change) => (change.because === cause ? [change, ...following(changes, change.id)] : []))
}

/** What a side came to, whatever its counts. */
function wordOf({ outcome, shown }: Side): string {
  return shown && outcome !== 'mixed' ? `${outcome} ${signatureOf(shown.finding)}` : outcome
}
