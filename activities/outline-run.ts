import { dirname, join } from 'node:path'
import type { SourceContext } from '../builds/source/source.ts'
import { LabError } from '../domain/errors.ts'
import { isLeased } from '../domain/target.ts'
import { runDetail } from '../store/details.ts'
import { setCellBuilds } from '../store/cells.ts'
import { usableBuild } from '../store/builds.ts'
import type { BuildTask, RunOutline } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import { buildsOf } from './builds-of.ts'
import type { Deps } from './registry.ts'
import { Reporter } from './reporter.ts'

/**
 * Names the builds of each cell of a stored run, says which of them exist, and writes the names down, so that whoever
 * watches the run sees its builds from their first event.
 * @throws LabError SourceMissing, BadInput (the run has ended already; a fragment, patch or recipe that has gone since the plan was read).
 */
export async function outlineRun(deps: Deps, input: { run: number; lab: string }): Promise<RunOutline> {
  const { run, cells } = await runDetail(deps.store, input.run)
  if (run.state !== 'running') throw new LabError('BadInput', `Run ${run.id} has ended already (${run.state}).`)
  const lockFile = join(dirname(run.planFile), 'sources.lock.json')
  const tasks = new Map<string, BuildTask>()
  const outlined: RunOutline['cells'] = []
  const reporter = new Reporter(deps.store, { run: input.run })
  await whileBeating(5_000, { naming: 0 }, async (report, signal) => {
    const context: SourceContext = {
      folders: deps.folders,
      lockFile,
      signal,
      progress: () => {},
      say: (text) => reporter.tell('say', { text }),
    }
    for (const { number, cell } of cells) {
      report({ naming: number })
      const { kernel, firmware } = await buildsOf(cell, { run: input.run, lab: input.lab, lockFile }, context)
      const wanted = [...(firmware === undefined ? [] : [firmware]), kernel]
      await setCellBuilds(deps.store, input.run, number, { kernel: kernel.id, firmware: firmware?.id ?? null })
      for (const build of wanted) tasks.set(build.id, build)
      const leased = isLeased(cell.target) ? { leased: true as const } : {}
      // Of a model nothing is left to be looked at.
      const hold = cell.target.kind === 'board' && run.options?.hold ? { hold: true as const } : {}
      const confirm = run.options?.confirm === undefined ? {} : { confirm: run.options.confirm }
      outlined.push({ number, builds: wanted.map(({ id }) => id), ...cell.attempts, ...leased, ...hold, ...confirm })
    }
  })
  await reporter.flush()
  const builds = []
  for (const task of tasks.values())
    builds.push({ task, built: (await usableBuild(deps.store, task.id)) !== undefined })
  return { plan: run.plan, builds, cells: outlined }
}
