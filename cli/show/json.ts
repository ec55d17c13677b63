import type { AttemptDetail, CellContext, CellDetail, RunDetail } from '../../store/details.ts'
import type { Build } from '../../store/builds.ts'
import { searchRows } from './search-report.ts'

/** The documents that `--json` prints. Fields are added, never changed; `schemaVersion` grows when one must go. */
const schemaVersion = 1

export function runToJson(detail: RunDetail): object {
  const { run, cells, builds } = detail
  const search = run.options?.search
  return {
    schemaVersion,
    run,
    ...(search && {
      search: { kind: search.kind, of: search.of, finding: search.finding, tried: searchRows(search, detail) },
    }),
    builds: builds.map(buildToJson),
    cells: cells.map(cellToJson),
  }
}

export function cellContextToJson({ run, cell, kernel, firmware }: CellContext): object {
  const builds = [kernel, firmware].flatMap((build) => (build ? [buildToJson(build)] : []))
  return { schemaVersion, run: run.id, builds, cell: cellToJson(cell) }
}

export function attemptToJson({ run, cell, attempt }: AttemptDetail): object {
  return { schemaVersion, run: run.id, cell: { number: cell.number, id: cell.cell.id, axes: cell.cell.axes }, attempt }
}

function cellToJson({ number, cell, kernelBuild, firmwareBuild, verdict, notRun, attempts }: CellDetail): object {
  const { sources } = cell.kernel
  return { number, id: cell.id, axes: cell.axes, sources, kernelBuild, firmwareBuild, verdict, notRun, attempts }
}

function buildToJson({ id, kind, name, outcome, fault, log, seconds, products, inputs }: Build): object {
  return { id, kind, name, outcome, fault, log, seconds, products, inputs }
}
