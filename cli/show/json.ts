import { CommanderError } from 'commander'
import type { AttemptDetail, CellContext, CellDetail, RunDetail } from '../../store/details.ts'
import type { Build } from '../../store/builds.ts'
import { LabError } from '../../domain/errors.ts'
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

/**
 * What went wrong, for a command that has nothing else to print: the same sentences as on standard error, and of a file with
 * mistakes each by itself. `code` is null for a fault of hyplab itself.
 */
export function errorToJson(error: unknown, exitCode: number): object {
  const { code = null, mistakes = [] } = error instanceof LabError ? error : {}
  if (!(error instanceof CommanderError))
    return { schemaVersion, error: { code, message: (error as Error).message, exitCode, mistakes } }
  // Without a command it says how it is used, and this error has no words.
  const message = error.code === 'commander.help' ? 'no command is named' : error.message.replace(/^error: /, '')
  return { schemaVersion, error: { code: 'BadInput', message, exitCode, mistakes } }
}

function cellToJson({ number, cell, kernelBuild, firmwareBuild, verdict, notRun, attempts }: CellDetail): object {
  const { sources } = cell.kernel
  return { number, id: cell.id, axes: cell.axes, sources, kernelBuild, firmwareBuild, verdict, notRun, attempts }
}

function buildToJson({ id, kind, name, outcome, fault, log, seconds, products, inputs }: Build): object {
  return { id, kind, name, outcome, fault, log, seconds, products, inputs }
}
