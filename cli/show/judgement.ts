import type { AttemptChange, JudgedRun } from '../../reading/judge-again.ts'
import { probesVersion } from '../../domain/probes/registry.ts'
import type { FindingChange } from '../../domain/verdict/compare-findings.ts'
import type { FormerJudgement } from '../../store/judgements.ts'
import type { Context } from '../context.ts'
import { findingLines } from './findings.ts'
import { paintOutcome, paintVerdict } from './paint.ts'

type Paint = Context['paint']

/** What judging a run again changes: verdicts first, then each finding, with what it rests on now. */
export function reportJudged(run: number, { changes, verdicts, judgement }: JudgedRun, paint: Paint): string {
  if (changes.length === 0) return `run ${run}: the probes of version ${probesVersion} say the same.`
  const lines = [`run ${run}, judged by probes of version ${probesVersion}: ${judgement.summary ?? ''}`, '']
  for (const { cell, id, before, after } of verdicts)
    lines.push(
      `${run}.${cell}  ${id}: ${before ? paintVerdict(before.verdict, paint) : 'open'} -> ${after ? paintVerdict(after.verdict, paint) : 'open'}${after ? `: ${after.sentence}` : ''}`,
    )
  if (verdicts.length === 0) lines.push('No verdict changes.')
  return [...lines, '', ...changes.flatMap((change) => [...changeLines(change, paint), ''])].join('\n').trimEnd()
}

function changeLines({ attempt, cell, probes, ending, findings }: AttemptChange, paint: Paint): string[] {
  const lines = [`${attempt}  ${cell}, judged before by probes of version ${probes.before}`]
  if (ending) lines.push(`  ending: ${ending.before} -> ${ending.after}`)
  return [...lines, ...findings.flatMap((change) => findingChange(change, paint))]
}

function findingChange({ id, kind, before, after, parts }: FindingChange, paint: Paint): string[] {
  if (!after) return [`  ${id}  ${paintOutcome(before!.outcome, paint)} -> gone: these probes do not ask for it`]
  const [, ...evidence] = findingLines(after, paint, 2)
  const was = before ? paintOutcome(before.outcome, paint) : 'new'
  const what =
    kind === 'words' ? `still ${was}, other ${parts.join(', ')}` : `${was} -> ${paintOutcome(after.outcome, paint)}`
  const said = before && parts.includes('sentence') ? [`    before: ${before.sentence}`] : []
  return [`  ${id}  ${what}: ${after.sentence}`, ...said, ...evidence]
}

/** The judgements that were replaced, and how to see them whole. */
export function reportFormer(run: number, former: FormerJudgement[], paint: Paint): string {
  if (former.length === 0) return `run ${run} was judged once, when its attempts ended.`
  const rows = former.map(({ number, replaced, judgement }) => {
    const versions = new Set(judgement.cells.flatMap(({ attempts }) => attempts.map(({ judged }) => judged.probes)))
    const when = new Date(replaced).toISOString()
    return `${number}  by probes of version ${[...versions].join(', ')}, replaced ${when}: ${judgement.summary ?? 'no summary'}`
  })
  return [...rows, paint.dim(`with all findings: hyplab judge ${run} --former --json`)].join('\n')
}
