import { readFile } from 'node:fs/promises'
import { readLines } from '../../domain/console/line-reader.ts'
import type { ConsoleLine } from '../../domain/console/line.ts'
import type { Evidence } from '../../domain/evidence/evidence.ts'
import { isOfLab } from '../../domain/verdict/of-lab.ts'
import { artifactPath } from '../../store/artifacts.ts'
import type { AttemptDetail } from '../../store/details.ts'
import { removedOf } from '../../store/keeping/removed.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { causesLines } from './causes.ts'
import { evidenceLines, findingLines } from './findings.ts'

type Paint = Context['paint']

/** Lines shown before and after the lines that a finding rests on. */
const around = 2

/** An attempt as text: how it ended, each finding with its evidence in its context, and its files. */
export async function reportAttempt(store: Store, detail: AttemptDetail, paint: Paint): Promise<string> {
  const { attempt, cell } = detail
  const head = `attempt ${attempt.id} of ${cell.cell.id} on ${attempt.place}`
  if (!attempt.end) return `${head}: it runs, or its worker died; files so far: ${attempt.folder}`
  const { end } = attempt
  const removed = removedOf(attempt).map(({ sentence }) => sentence)
  const lines = [`${head}: ${end.ending}: ${end.sentence}`, ...removed, '']
  const causes = causesLines(end.findings, paint, 0)
  if (causes.length > 0) lines.push(...causes, '')
  const consoles = new Map<string, ConsoleLine[]>()
  for (const artifact of end.artifacts)
    if (/^console\/[^.]+$/.test(artifact.name) && !artifact.removed)
      consoles.set(
        artifact.name.slice('console/'.length),
        readLines(await readFile(artifactPath(store, artifact.sha256))),
      )
  // Where the lab broke, that is what one looks for.
  const ordered =
    end.ending === 'infra'
      ? [...end.findings].sort((a, b) => Number(isOfLab(b.id)) - Number(isOfLab(a.id)))
      : end.findings
  for (const finding of ordered) {
    const [first] = findingLines({ ...finding, evidence: [] }, paint, 0)
    lines.push(first!, ...finding.evidence.flatMap((evidence) => inContext(evidence, consoles, paint)), '')
  }
  lines.push('files:')
  for (const { name, size, sha256, removed: gone } of end.artifacts) {
    const where = gone ? `removed; its sha256 was ${sha256}` : artifactPath(store, sha256)
    lines.push(`  ${name.padEnd(20)} ${String(size).padStart(10)}  ${where}`)
  }
  return lines.join('\n')
}

function inContext(evidence: Evidence, consoles: Map<string, ConsoleLine[]>, paint: Paint): string[] {
  if (evidence.kind !== 'console') return evidenceLines(evidence, paint, 4)
  const log = consoles.get(evidence.console)
  if (!log) return evidenceLines(evidence, paint, 4)
  const from = Math.max(1, evidence.from - around)
  const shown = log.slice(from - 1, evidence.to + around)
  return shown.map(({ number, text }) => {
    const cited = number >= evidence.from && number <= evidence.to
    const line = `${cited ? '>' : ' '} ${evidence.console}:${number}  ${text}`
    return `    ${cited ? line : paint.dim(line)}`
  })
}
