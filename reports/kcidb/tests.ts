import type { Ending } from '../../domain/attempt.ts'
import type { Outcome } from '../../domain/finding.ts'
import type { Report, ReportAttempt, ReportBuild, ReportCell, ReportFinding } from '../../domain/report/report.ts'
import { plain } from '../plain.ts'
import { evidenceOf } from '../quoted.ts'
import { causesIn, wordOf } from '../told.ts'

export type KcidbStatus = 'FAIL' | 'ERROR' | 'MISS' | 'PASS' | 'DONE' | 'SKIP'

export interface KcidbTest {
  id: string
  origin: string
  build_id: string
  path: string
  status: KcidbStatus
  comment: string
  start_time?: string
  duration?: number
  log_excerpt?: string
  environment: { comment: string; misc: object }
  misc: object
}

/** What a cell's tests have in common. */
export interface AboutTests {
  report: Report
  cell: ReportCell
  build: string
  firmware: ReportBuild | undefined
  origin: string
}

/**
 * What the schema calls an error is a test that did not come to its end, and a miss one that was never run: so the lab's
 * faults are the one, and what was cancelled or not run is the other.
 */
const ofEnding: Record<Ending, KcidbStatus> = {
  finished: 'PASS',
  'kernel-fault': 'FAIL',
  'firmware-fault': 'FAIL',
  hung: 'FAIL',
  infra: 'ERROR',
  tainted: 'ERROR',
  cancelled: 'MISS',
}

/** `unknown` is a check that came to its end and said nothing of the code: done. */
const ofOutcome: Record<Outcome, KcidbStatus> = { pass: 'PASS', fail: 'FAIL', skip: 'SKIP', unknown: 'DONE' }

/** A cell that was not booted. */
export function missedTest(about: AboutTests): KcidbTest {
  const { cell } = about
  const comment = cell.verdict?.sentence ?? `${cell.id}: ${wordOf(cell)}`
  return { ...common(about, `${cell.number}`), path: 'boot', status: 'MISS', comment, misc: miscOf(cell) }
}

/** An attempt, and what was found in it. Findings of one that does not count are no results: its own test names them. */
export function attemptTests(about: AboutTests, attempt: ReportAttempt): KcidbTest[] {
  const { cell } = about
  const { number, started, ended, ending, sentence, says, findings, place } = attempt
  const base = common(about, `${cell.number}.${number}`, place)
  const when = { start_time: new Date(started).toISOString() }
  const boot: KcidbTest = {
    ...base,
    path: 'boot',
    status: ending === null ? 'MISS' : ofEnding[ending],
    comment: sentence ?? 'It goes on, or nobody has closed it yet.',
    ...when,
    ...(ended !== null && { duration: (ended - started) / 1000 }),
    ...excerpt(causesIn(attempt).flatMap(({ finding }) => [finding.sentence, ...evidenceOf(finding)])),
    misc: {
      ...miscOf(cell),
      attempt: number,
      ending: ending ?? 'open',
      counts: says !== null,
      stage: attempt.stage,
      stages: Object.fromEntries(attempt.stages.map(({ stage, seconds }) => [stage, seconds])),
      ...(says === null && { findings: Object.fromEntries(findings.map(({ id, outcome }) => [id, outcome])) }),
    },
  }
  if (says === null) return [boot]
  return [boot, ...findings.map((finding, index) => findingTest({ ...base, ...when }, cell, number, finding, index))]
}

function findingTest(
  base: ReturnType<typeof common> & { start_time: string },
  cell: ReportCell,
  attempt: number,
  finding: ReportFinding,
  index: number,
): KcidbTest {
  const { id, outcome, sentence, facts, because, weight } = finding
  return {
    ...base,
    id: `${base.id}.${index + 1}`,
    path: pathOf(id),
    status: ofOutcome[outcome],
    comment: sentence,
    ...excerpt(evidenceOf(finding)),
    misc: { ...miscOf(cell), attempt, finding: id, outcome, weight, facts, ...(because !== undefined && { because }) },
  }
}

function common({ report, cell, build, firmware, origin }: AboutTests, id: string, place?: string) {
  const { cmdline, target, axes } = cell
  return {
    id: `${origin}:${report.run?.workflowId}.${id}`,
    origin,
    build_id: build,
    environment: {
      comment: place ?? target,
      misc: { target, axes, cmdline, ...(firmware && { firmware: { name: firmware.name, id: firmware.id } }) },
    },
  }
}

function miscOf(cell: ReportCell): object {
  const { result, id, known } = cell
  return { cell: id, result, verdict: wordOf(cell), ...(known !== null && { known }) }
}

/** Its paths are words of letters, digits, hyphens and underscores, with full stops between them. */
function pathOf(finding: string): string {
  const words = finding.split('.').map((part) => part.replaceAll(/[^a-zA-Z0-9_-]/g, '_'))
  return ['hyplab', ...words.filter((part) => part !== '')].join('.')
}

/** Characters that an excerpt may have. */
const longest = 16_384

function excerpt(lines: readonly string[]): { log_excerpt?: string } {
  const text = plain(lines.join('\n'))
  if (text === '') return {}
  return { log_excerpt: text.length <= longest ? text : `${text.slice(0, longest - 20)}\n... and more` }
}
