import type { Report, ReportBuild, ReportCell } from '../../domain/report/report.ts'
import { plain } from '../plain.ts'
import { attemptTests, missedTest, type KcidbTest } from './tests.ts'
import { checkoutOf, kernelOf, type KcidbBuild, type KcidbCheckout } from './sources.ts'

/** What KCIDB takes, version 5.3 of its schema: kernelci/kcidb-io, kcidb_io/schema/v05_03.py. Nothing in it may be null. */
export interface KcidbSubmission {
  version: { major: 5; minor: 3 }
  checkouts: KcidbCheckout[]
  builds: KcidbBuild[]
  tests: KcidbTest[]
}

/**
 * A report as a submission to KCIDB, which is made here and sent by nobody. Each attempt is a test of its own (`boot`), and
 * so is each finding of one that counts (`hyplab.<finding>`), because KCIDB knows no attempts.
 * @param origin the CI system's name in KCIDB: small letters, digits, underscores
 */
export function kcidbOf(report: Report, origin: string): KcidbSubmission {
  const { run, cells, builds } = report
  const made = new Map(builds.map((build) => [build.id, build]))
  const checkouts = new Map<string, KcidbCheckout>()
  const kernels = new Map<string, KcidbBuild>()
  const tests = cells.flatMap((cell) => {
    const kernel = cell.kernelBuild === null ? undefined : made.get(cell.kernelBuild)
    const checkout = checkoutOf(cell, kernel, origin, run)
    const build = kernelOf(cell, kernel, checkout, origin, run)
    if (!checkouts.has(checkout.id)) checkouts.set(checkout.id, checkout)
    if (!kernels.has(build.id)) kernels.set(build.id, build)
    return testsOf(report, cell, build, firmwareOf(cell, made), origin)
  })
  const parts = { checkouts: [...checkouts.values()], builds: [...kernels.values()], tests }
  return { version: { major: 5, minor: 3 }, ...cleaned(parts) }
}

/** The same as text. */
export function reportKcidb(report: Report, origin: string): string {
  return `${JSON.stringify(kcidbOf(report, origin), null, 2)}\n`
}

function testsOf(
  report: Report,
  cell: ReportCell,
  build: KcidbBuild,
  firmware: ReportBuild | undefined,
  origin: string,
): KcidbTest[] {
  const about = { report, cell, build: build.id, firmware, origin }
  // What was not booted is told, too: nothing that was to be run is left out.
  if (cell.attempts.length === 0) return [missedTest(about)]
  return cell.attempts.flatMap((attempt) => attemptTests(about, attempt))
}

function firmwareOf({ firmwareBuild }: ReportCell, made: ReadonlyMap<string, ReportBuild>): ReportBuild | undefined {
  return firmwareBuild === null ? undefined : made.get(firmwareBuild)
}

/** Its schema takes no NUL, and its database no half of a surrogate pair. Keys are cleaned, too: facts have names of their own. */
function cleaned<T>(value: T): T {
  if (typeof value === 'string') return plain(value) as T
  if (Array.isArray(value)) return value.map(cleaned) as T
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).flatMap(([key, member]) =>
    isNothing(member) ? [] : [[plain(key), cleaned(member)] as const],
  )
  return Object.fromEntries(members) as T
}

/** What JSON could only write as null. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value))
}
