import type { InspectReport } from '../../domain/inspect/report-schema.ts'

type Finding = InspectReport['findings'][number]
type Evidence = Finding['evidence'][number]

/** More pieces of evidence of one finding are only counted. */
const shownEvidence = 3
const longestText = 90

/**
 * An inspection in few lines, for golden files. Of findings those that pass or fail are told, and others that `also`
 * names: so a new probe changes no golden file in which nothing shows what it asks for.
 */
export function tellReport(report: InspectReport, also: readonly RegExp[]): string {
  const isTold = ({ id, outcome }: Finding): boolean =>
    outcome === 'pass' || outcome === 'fail' || also.some((pattern) => pattern.test(id))
  const { kernel, stage, cmdline } = report
  const lines = [
    ...report.files.flatMap((file) => tellFile(file)),
    `kernel ${kernel}, stage ${stage}${cmdline === 'unknown' ? '' : `, command line: ${cmdline}`}`,
    ...(report.boots.length > 1 ? report.boots.map((boot) => tellBoot(boot)) : []),
    ...report.taints.map(({ kind, sentence, voids }) => `taint ${kind}${voids ? ', voids' : ''}: ${sentence}`),
    ...report.faults.map((fault) => tellFault(fault, report.boots.length)),
    ...report.findings.filter(isTold).flatMap((finding) => tellFinding(finding)),
    ...report.boots.flatMap(({ boot, findings }) =>
      findings.filter(isTold).flatMap((finding) => tellFinding(finding, `boot ${boot}: `)),
    ),
    ...report.measurements.flatMap((measurement) => tellMeasurement(measurement)),
  ]
  return `${lines.join('\n')}\n`
}

function tellFile({ file, kind, boots, compression, note }: InspectReport['files'][number]): string[] {
  const isPlain = kind === 'log' && boots === 1 && compression === 'none' && note === undefined
  if (isPlain) return []
  const rest = [kind, compression === 'none' ? '' : compression, (boots ?? 1) > 1 ? `${boots} boots` : '', note ?? '']
  return [`file ${file}: ${rest.filter(Boolean).join(', ')}`]
}

function tellBoot({ boot, judged, kernel, stage, parts }: InspectReport['boots'][number]): string {
  const where = parts.map(({ file, lines }) => `${file}:${rangeOf(lines)}`).join(' ')
  return `boot ${boot}${judged ? ', judged' : ''}: kernel ${kernel}, stage ${stage}, ${where}`
}

function tellFault({ kind, title, where, boot, file, lines }: InspectReport['faults'][number], boots: number): string {
  const which = boots > 1 ? `, boot ${boot}` : ''
  return `fault ${kind}, ${where}${which}, ${file}:${rangeOf(lines)}: ${title}`
}

function tellFinding({ id, outcome, sentence, because, facts, evidence }: Finding, which = ''): string[] {
  const more = evidence.length - shownEvidence
  const stated = Object.entries(facts).map(([key, value]) => `${key}=${value}`)
  return [
    `${which}${outcome} ${id}${because === undefined ? '' : `, because ${because}`}: ${sentence}`,
    ...evidence.slice(0, shownEvidence).map((each) => `    ${placeOf(each)}  ${shortened(each.text)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
    ...(stated.length > 0 ? [`    {${stated.join(', ')}}`] : []),
  ]
}

function tellMeasurement({ file, kind, matched, sentence }: InspectReport['measurements'][number]): string {
  return `${kind} in ${file}, matched ${matched}: ${sentence}`
}

function placeOf({ file, lines, entries, bytes }: Evidence): string {
  if (lines) return `${file}:${rangeOf(lines)}`
  if (entries) return `${file} entry ${rangeOf(entries)}`
  return bytes ? `${file} byte ${rangeOf(bytes)}` : file
}

function rangeOf({ from, to }: { from: number; to: number }): string {
  return from === to ? `${from}` : `${from}-${to}`
}

function shortened(text: string): string {
  const [first = ''] = text.split('\n', 1)
  return first.length > longestText || first !== text ? `${first.slice(0, longestText)}...` : first
}
