import { counted } from '../../domain/counted.ts'
import type { Comparison, ComparedSide } from '../../domain/compare/comparison.ts'
import type { Side } from '../../domain/compare/side.ts'
import { describeLocation } from '../../domain/describe-location.ts'
import { outcomes } from '../../domain/finding.ts'
import type { ReportCell } from '../../domain/report/report.ts'
import { plainLine } from '../plain.ts'

/** What a side came to: `pass in 3 of 3`, `fail in 1 of 3, pass in 2`. */
export function countsOfSide({ counts, of }: Side): string {
  const seen = outcomes.flatMap((outcome) =>
    counts[outcome] === undefined ? [] : [`${outcome} in ${counts[outcome]}`],
  )
  if (seen.length === 0) return `not looked at in ${counted(of, 'attempt')}`
  return `${seen[0]} of ${of}${seen.length > 1 ? `, ${seen.slice(1).join(', ')}` : ''}`
}

/** What was tested on a side, a line a kernel: its source, its patches by title, then the firmware and the targets. */
export function testedLines({ run, cells }: ComparedSide, titles: ReadonlyMap<string, string>): string[] {
  const kernels = new Map(cells.map(({ kernel }) => [kernel.name, kernel]))
  const lines = [...kernels.values()].flatMap(({ name, sources, patches }) => [
    `kernel ${name}: ${sources[0] ? describeLocation(sources[0]) : 'no source'}`,
    ...patches.map((patch, index) => `  ${index + 1}/${patches.length} ${titles.get(patch) ?? patch}`),
  ])
  const values = (axis: string): string => [...new Set(cells.map(({ axes }) => axes[axis] ?? ''))].join(', ')
  return [
    ...lines,
    `configs ${values('config')}; modes ${values('mode')}`,
    `firmware ${values('stack')}; targets ${values('target')}`,
    `run ${run.id}, plan ${run.plan}, ${counted(attemptsOf(cells), 'attempt')}`,
  ].map(plainLine)
}

/** Whether a side rests on one attempt in each cell, so that a flake cannot be told from a change. */
export function restsOnOne({ cells }: Comparison): boolean {
  return cells.some(({ base, series }) => [base, series].some(({ attempts }) => attemptsThatCount(attempts) === 1))
}

function attemptsThatCount(attempts: ReportCell['attempts']): number {
  return attempts.filter(({ says }) => says !== null).length
}

function attemptsOf(cells: readonly ReportCell[]): number {
  return cells.reduce((sum, { attempts }) => sum + attempts.length, 0)
}
