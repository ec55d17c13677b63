import { faultsOf } from '../faults/read-faults.ts'
import { resetLoop } from '../faults/reset-loop.ts'
import type { Fault } from '../faults/fault.ts'
import type { ConsoleLine } from '../console/line.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Finding } from '../finding.ts'
import { judge, probeGroups, probesVersion } from '../probes/registry.ts'
import type { KnownLine } from '../shown/known-lines.ts'
import type { Taint } from '../taint.ts'
import type { BootInFile } from './boot-reader.ts'
import { joinBoots, judgedBoot, type JoinedBoot } from './join-boots.ts'
import { keptBoots, type LogShown } from './log-reader.ts'
import { measurementRecords, type RecordSource } from './measurement-records.ts'
import { judgeMeasurements, type MeasurementFile } from './measurements.ts'
import type { InspectReport } from './report-schema.ts'
import { seenStages, type SeenStage } from './stage-seen.ts'

type ShownEvidence = InspectReport['findings'][number]['evidence'][number]

/** Takes what the files of one machine show, each read before; returns what can be said of them. */
export function inspect(
  logs: readonly LogShown[],
  measurements: readonly MeasurementFile[],
  files: InspectReport['files'],
): InspectReport {
  const boots = joinBoots(logs)
  const judged = judgedBoot(boots)
  const main = boots[judged]
  const sources = measurementRecords(measurements)
  const findings = judgeBoot(main ?? { parts: [] }, sources)
  return {
    schemaVersion: 1,
    probesVersion: Number(probesVersion),
    kernel: main?.kernel ?? 'unknown',
    stage: stageOf(main),
    cmdline: main?.cmdline ?? 'unknown',
    findings,
    faults: boots.flatMap((boot, index) => faultsIn(boot, index)).concat(loops(logs, judged)),
    taints: boots
      .flatMap((boot, index) => boot.parts.flatMap(({ taints }) => taints.map((taint) => shownTaint(taint, index))))
      .concat(restarts(logs, boots)),
    boots: boots.map((boot, index) => ({
      boot: index + 1,
      judged: index === judged,
      kernel: boot.kernel ?? 'unknown',
      stage: stageOf(boot),
      parts: boot.parts.map(({ log, from, to }) => ({ file: log.console, lines: { from, to } })),
      findings: index === judged ? [] : judgeBoot(boot, []),
    })),
    measurements: judgeMeasurements(measurements),
    files: [...files],
  }
}

function judgeBoot(
  { parts, cmdline, cmdlineIsCut }: JoinedBoot,
  sources: readonly RecordSource[],
): InspectReport['findings'] {
  const shown = {
    asked: { cmdline, ...(cmdlineIsCut && { cmdlineIsCut }), config: {}, modules: [] },
    host: { stop: 'power-off' as const, reason: '', stage: 'off' as const },
    consoles: parts.map(({ log }) => log),
    records: sources.map(({ record }) => record),
  }
  return judge(shown, probeGroups).map((finding) => shownFinding(finding, sources))
}

function shownFinding(finding: Finding, sources: readonly RecordSource[]): InspectReport['findings'][number] {
  const { id, outcome, sentence, evidence, facts, because } = finding
  return {
    id,
    outcome,
    sentence: inUsersWords(sentence, sources),
    evidence: evidence.map((each) => shownEvidence(each, sources)),
    facts,
    ...(because !== undefined && { because }),
  }
}

/** A sentence that names a file of the target, naming the user's. */
function inUsersWords(sentence: string, sources: readonly RecordSource[]): string {
  return sentence.replaceAll(/\b\w+_measurements(?:_\w+)?\b/g, (name) => {
    const source = sources.find(({ path }) => path.endsWith(`/${name}`))
    return source?.file ?? name
  })
}

/** Names the user's files where probes name consoles, records and paths of a target. */
function shownEvidence(evidence: Evidence, sources: readonly RecordSource[]): ShownEvidence {
  const { text } = evidence
  if (evidence.kind === 'record') {
    const source = sources.find(({ record }) => record.sequence === evidence.sequence)
    return { file: source?.file ?? `record ${evidence.sequence}`, text }
  }
  const range = { from: evidence.from, to: evidence.to }
  if (evidence.kind === 'console') return { file: evidence.console, lines: range, text }
  if (evidence.kind === 'smc') return { file: 'SMC trace', entries: range, text }
  if (evidence.kind === 'lab') return { file: 'lab log', entries: range, text }
  const file = sources.find(({ path }) => path === evidence.file)?.file ?? evidence.file
  const unit = { line: 'lines', entry: 'entries', byte: 'bytes' } as const
  return { file, [unit[evidence.unit]]: range, text }
}

function faultsIn({ parts }: JoinedBoot, index: number): InspectReport['faults'] {
  return faultsOf(parts.map(({ log }) => log)).map((fault) => shownFault(fault, index))
}

/** A firmware that starts again and again makes each start a boot of its own: only all of them together show the loop. */
function loops(logs: readonly LogShown[], judged: number): InspectReport['faults'] {
  return logs.flatMap(({ boots }) => {
    const lines: ConsoleLine[] = []
    const known: KnownLine[] = []
    for (const { log } of boots) {
      known.push(...log.known.map(({ index, match }) => ({ index: lines.length + index, match })))
      lines.push(...log.lines)
    }
    const loop = resetLoop({ console: boots[0]?.log.console ?? '', lines }, known)
    return loop ? [shownFault(loop, judged)] : []
  })
}

function shownFault({ kind, title, where, evidence }: Fault, boot: number): InspectReport['faults'][number] {
  const { console, from, to, text } = evidence
  return { kind, title, where, boot: boot + 1, file: console, lines: { from, to }, text }
}

function shownTaint({ kind, voids, sentence, count, evidence }: Taint, boot: number): InspectReport['taints'][number] {
  return { kind, voids, sentence, count, boot: boot + 1, evidence: evidence.map((each) => shownEvidence(each, [])) }
}

/** Each log with several boots in it is told of once, at its first restart. */
function restarts(logs: readonly LogShown[], boots: readonly JoinedBoot[]): InspectReport['taints'] {
  return logs.flatMap(({ boots: parts, bootCount }): InspectReport['taints'] => {
    const again = parts[1]
    const first = again?.log.lines[0]
    if (!again || !first) return []
    const last = parts.length - keptBoots.first
    const many =
      bootCount > parts.length ? `, of which the first ${keptBoots.first} and the last ${last} are looked at` : ''
    const { console } = again.log
    return [
      {
        kind: 'second-boot',
        voids: true,
        sentence: `There are ${bootCount} boots in ${console}${many}; the second begins in line ${again.from}.`,
        count: bootCount - 1,
        boot: boots.findIndex((boot) => boot.parts.includes(again)) + 1 || boots.length,
        evidence: [{ file: console, lines: { from: again.from, to: again.from }, text: first.text }],
      },
    ]
  })
}

function stageOf(boot: JoinedBoot | undefined): SeenStage {
  const rank = (part: BootInFile): number => seenStages.indexOf(part.stage)
  const furthest = boot?.parts.toSorted((a, b) => rank(b) - rank(a))[0]
  return furthest?.stage ?? 'unknown'
}
