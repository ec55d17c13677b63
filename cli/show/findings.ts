import { whereOf, type Evidence } from '../../domain/evidence/evidence.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Context } from '../context.ts'
import { paintOutcome } from './paint.ts'

type Paint = Context['paint']

/** A finding with its sentence and what it rests on, indented by `indent` spaces. */
export function findingLines(finding: Finding, paint: Paint, indent: number): string[] {
  const pad = ' '.repeat(indent)
  const head = `${pad}${finding.id}  ${paintOutcome(finding.outcome, paint)}  ${finding.sentence}`
  return [head, ...finding.evidence.flatMap((evidence) => evidenceLines(evidence, paint, indent + 4))]
}

/** Where it stands, then the text itself. */
export function evidenceLines(evidence: Evidence, paint: Paint, indent: number): string[] {
  const pad = ' '.repeat(indent)
  const [first = '', ...rest] = evidence.text.split('\n')
  return [`${pad}${paint.cyan(whereOf(evidence))}  ${first}`, ...rest.map((line) => `${pad}  ${line}`)]
}
