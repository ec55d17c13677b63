import type { SourceLocation } from '../../domain/cell.ts'
import type { Finding } from '../../domain/finding.ts'
import type { NotRun } from '../../domain/not-run.ts'
import type { CellVerdict } from '../../domain/verdict/verdict.ts'
import type { Attempt } from '../../store/attempt.ts'
import type { Build } from '../../store/builds.ts'
import type { Run } from '../../store/runs.ts'

/** What `hyplab run|watch|show --json` prints of a run. */
export interface RunDocument {
  schemaVersion: 1
  run: Run
  builds: Build[]
  cells: CellDocument[]
}

export interface CellDocument {
  number: number
  id: string
  axes: Record<string, string>
  sources: SourceLocation[]
  verdict: CellVerdict | null
  notRun: NotRun | null
  attempts: Attempt[]
}

/** The only cell with these axis values. */
export function cellOf({ cells }: RunDocument, axes: Record<string, string>): CellDocument {
  const found = cells.filter((cell) => Object.entries(axes).every(([axis, value]) => cell.axes[axis] === value))
  if (found.length !== 1) throw new Error(`${found.length} cells have ${JSON.stringify(axes)}`)
  return found[0]!
}

/** A finding of an attempt that has ended. */
export function findingOf(attempt: Attempt | undefined, id: string): Finding {
  const found = attempt?.end?.findings.find((finding) => finding.id === id)
  if (!found) throw new Error(`attempt ${attempt?.id} has no finding ${id}`)
  return found
}

/** How each attempt of a cell ended, in their order. */
export function endings({ attempts }: CellDocument): (string | undefined)[] {
  return attempts.map(({ end }) => end?.ending)
}
