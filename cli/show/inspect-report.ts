import type { InspectReport } from '../../domain/inspect/report-schema.ts'
import { counted } from '../../domain/counted.ts'
import type { Outcome } from '../../domain/finding.ts'
import type { Context } from '../context.ts'
import { causesLines } from './causes.ts'
import { paintOutcome } from './paint.ts'

type Paint = Context['paint']
type Evidence = InspectReport['findings'][number]['evidence'][number]

/** Lines of a report that are shown; all of them are in the JSON document. */
const shownLines = 6
/** Pieces of evidence of one finding that are shown. */
const shownEvidence = 4

/** An inspection as text: what the files are, what was found in them and on which lines that rests, what they do not show. */
export function reportInspection(report: InspectReport, paint: Paint): string {
  const { findings } = report
  const told = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'pass')
  const causes = causesLines(findings, paint, 0)
  return [
    ...report.files.filter(({ kind }) => kind !== 'none').map((file) => fileLine(file)),
    headLine(report),
    ...section(
      'Taints',
      report.taints.flatMap((taint) => [`${paint.magenta(taint.kind)}  ${taint.sentence}`]),
    ),
    ...section(
      'Faults',
      report.faults.flatMap((fault) => faultLines(fault, report, paint)),
    ),
    ...(causes.length > 0 ? ['', ...causes] : []),
    ...section(
      'Findings',
      told.toSorted(byOutcome).flatMap((finding) => findingLines(finding, paint)),
    ),
    ...section(
      'Measurements',
      report.measurements.map(({ file, sentence }) => `${file}: ${sentence}`),
    ),
    ...section('Not shown', untold(report, paint)),
  ].join('\n')
}

function fileLine({
  file,
  kind,
  compression,
  encoding,
  lines,
  boots,
  bytes,
  note,
}: InspectReport['files'][number]): string {
  const size =
    lines === undefined
      ? counted(bytes, 'byte')
      : `${counted(lines, 'line')}, ${boots === 1 ? 'one boot' : `${boots} boots`}`
  const how = [compression, encoding].filter((word) => word !== 'none' && word !== 'bytes')
  return `${file}: ${[kind, ...how, size].join(', ')}${note === undefined ? '' : `; ${note}`}`
}

function headLine({ kernel, stage, boots }: InspectReport): string {
  const judged = boots.find((boot) => boot.judged)
  const which = boots.length > 1 && judged ? `, judged is boot ${judged.boot} of those that show` : ''
  return `kernel ${kernel}, furthest stage ${stage}${which}`
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)]
}

function byOutcome(a: { outcome: Outcome }, b: { outcome: Outcome }): number {
  return Number(a.outcome === 'pass') - Number(b.outcome === 'pass')
}

function faultLines(fault: InspectReport['faults'][number], { boots }: InspectReport, paint: Paint): string[] {
  const which = boots.length > 1 ? `boot ${fault.boot}, ` : ''
  const head = `${paint.red(fault.kind)}  ${fault.title}  (${which}${fault.where})`
  return [head, ...evidenceLines(fault, paint)]
}

function findingLines(finding: InspectReport['findings'][number], paint: Paint): string[] {
  const { id, outcome, sentence, evidence, because } = finding
  const why = because === undefined ? '' : ` (because of ${because})`
  const more = evidence.length - shownEvidence
  return [
    `${id}  ${paintOutcome(outcome, paint)}  ${sentence}${why}`,
    ...evidence.slice(0, shownEvidence).flatMap((each) => evidenceLines(each, paint)),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ]
}

function evidenceLines(evidence: Evidence, paint: Paint): string[] {
  const lines = evidence.text.split('\n')
  const [first = '', ...rest] = lines.length > shownLines ? [...lines.slice(0, shownLines), '...'] : lines
  return [`    ${paint.cyan(whereOf(evidence))}  ${first}`, ...rest.map((line) => `      ${line}`)]
}

function whereOf({ file, lines, entries, bytes }: Evidence): string {
  const range = lines ?? entries ?? bytes
  if (!range) return file
  const numbers = range.from === range.to ? `${range.from}` : `${range.from}-${range.to}`
  if (lines) return `${file}:${numbers}`
  return `${file} ${entries ? 'entry' : 'byte'} ${numbers}`
}

/** What nothing shows or does not apply, one line each: nobody wants evidence of it. */
function untold({ findings }: InspectReport, paint: Paint): string[] {
  return findings
    .filter(({ outcome }) => outcome === 'unknown' || outcome === 'skip')
    .map(({ id, outcome, sentence }) => paint.dim(`${id}  ${outcome}  ${sentence}`))
}
