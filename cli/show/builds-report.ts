import type { Build } from '../../store/builds.ts'
import type { RunDetail } from '../../store/details.ts'
import type { Run } from '../../store/runs.ts'
import type { Context } from '../context.ts'
import { table } from './table.ts'
import { describeFault } from '../../domain/build.ts'

type Paint = Context['paint']

/** Whether a run was asked for builds alone: its cells are never booted, and nothing of them is open when it has ended. */
export function isOfBuilds({ options }: Run): boolean {
  return options?.until === 'builds'
}

/** A run of builds as text: what it came to, and each build that its cells need. */
export function reportBuilds({ run, cells, builds }: RunDetail, paint: Paint): string {
  const wanted = new Set(cells.flatMap(({ kernelBuild, firmwareBuild }) => [firmwareBuild, kernelBuild]))
  const made = new Set(builds.map(({ id }) => id))
  const open = [...wanted].filter((id) => id !== null && !made.has(id)).length
  const rows = builds.map((build) => [
    `  ${build.kind}`,
    build.name,
    build.id.slice(0, 16),
    howBuilt(build, run, paint),
  ])
  return [
    `run ${run.id}, ${run.plan}: ${run.summary ?? `${run.state}.`} Only builds were asked for, and nothing is booted.`,
    ...(rows.length === 0 ? [] : ['', table(rows)]),
    ...(open === 0 ? [] : [`  ${open} not made`]),
  ].join('\n')
}

/** What a list of runs says of one that was asked for builds. */
export function builtInShort({ exitCode, state }: Run, paint: Paint): string {
  if (exitCode === 0) return paint.green('all built')
  return state === 'running' ? 'builds only' : paint.red('not all built')
}

function howBuilt({ outcome, fault, started, seconds }: Build, run: Run, paint: Paint): string {
  if (outcome === 'failed') return paint.red(`failed: ${describeFault(fault)}`)
  const ended = started + seconds * 1000
  return paint.green(ended < run.started ? 'was there' : `built in ${seconds.toFixed(1)} s`)
}
