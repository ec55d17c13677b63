import { resolvedInWords } from '../../domain/resolved-source.ts'
import type { NotRun } from '../../domain/not-run.ts'
import type { Build } from '../../store/builds.ts'
import type { CellContext } from '../../store/details.ts'
import { removedOf } from '../../store/keeping/removed.ts'
import type { Run } from '../../store/runs.ts'
import type { Context } from '../context.ts'
import { isOfBuilds } from './builds-report.ts'
import { causesLines } from './causes.ts'
import { paintVerdict } from './paint.ts'
import { findingLines } from './findings.ts'
import { describeFault } from '../../domain/build.ts'

type Paint = Context['paint']

/** A cell as text: its verdict, its builds with the hashes of what they made, and each attempt with its findings. */
export function reportCell({ run, cell, kernel, firmware }: CellContext, paint: Paint): string {
  const { verdict } = cell
  const head = `${cell.run}.${cell.number}  ${cell.cell.id}`
  const lines = [
    verdict
      ? `${head}: ${paintVerdict(verdict.verdict, paint)}: ${verdict.sentence}`
      : `${head}: ${unjudged(run, cell.notRun)}`,
    ...cell.cell.kernel.sources.flatMap((location) => {
      const words = resolvedInWords(location)
      return words === undefined ? [] : [`  source ${words}`]
    }),
  ]
  for (const build of [kernel, firmware]) if (build) lines.push(...buildLines(build))
  for (const attempt of cell.attempts) {
    lines.push(
      '',
      `attempt ${attempt.id} on ${attempt.place}: ${attempt.end ? `${attempt.end.ending}: ${attempt.end.sentence}` : 'open'}`,
    )
    lines.push(...removedOf(attempt).map(({ sentence }) => `  ${sentence}`))
    const findings = attempt.end?.findings ?? []
    lines.push(...causesLines(findings, paint, 2))
    for (const finding of findings) lines.push(...findingLines(finding, paint, 2))
  }
  return lines.join('\n')
}

function unjudged(run: Run, notRun: NotRun | null): string {
  if (notRun) return `not run: ${notRun.sentence}`
  if (isOfBuilds(run)) return `not booted: run ${run.id} was asked for builds only`
  return run.state === 'running' ? 'not judged yet' : 'not judged'
}

function buildLines(build: Build): string[] {
  const head = `  ${build.kind} ${build.name}  ${build.outcome}, ${build.seconds.toFixed(1)} s, inputs ${build.id.slice(0, 16)}`
  if (build.fault) return [head, `    ${describeFault(build.fault)}`]
  return [head, ...build.products.map(({ name, sha256 }) => `    ${name.padEnd(24)} sha256 ${sha256}`)]
}
