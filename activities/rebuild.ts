import { dirname, join } from 'node:path'
import type { SourceContext } from '../builds/source/source.ts'
import { usableBuild } from '../store/builds.ts'
import { cellDetail, type CellContext } from '../store/details.ts'
import type { BuildResult, BuildTask, CellBuilds } from '../workflows/contracts.ts'
import { awaitBuild } from './await-build.ts'
import { whileBeating } from './beat.ts'
import { buildsOf } from './builds-of.ts'
import type { Deps } from './deps.ts'
import { sayOnce } from './say-once.ts'

/**
 * Has those of a cell's builds made again whose artifacts are damaged or gone, and waits for them. Safe to run twice, and
 * by several cells at once: equal builds are joined.
 * @returns one result for each of the builds; that inputs changed meanwhile is infra, for it blames no kernel
 * @throws LabError SourceMissing, BadInput (a fragment, patch or recipe that has gone since the plan was read).
 */
export async function rebuild(deps: Deps, { run, cell, lab }: CellBuilds): Promise<BuildResult[]> {
  const context = await cellDetail(deps.store, run, cell)
  const tasks = await whileBeating(5_000, { naming: cell }, async (_report, signal) => {
    const lockFile = join(dirname(context.run.planFile), 'sources.lock.json')
    const source: SourceContext = { folders: deps.folders, lockFile, signal, progress: () => {} }
    const { kernel, firmware } = await buildsOf(deps, context.cell.cell, { run, lab, lockFile }, source)
    return firmware === undefined ? [kernel] : [firmware, kernel]
  })
  return await Promise.all(tasks.map((task) => made(deps, task, context)))
}

async function made(deps: Deps, task: BuildTask, { run, cell }: CellContext): Promise<BuildResult> {
  const wanted = task.kind === 'kernel' ? cell.kernelBuild : cell.firmwareBuild
  if (task.id !== wanted) {
    const message = `The inputs of ${task.name} have changed since the run was started: start the run again.`
    return { id: task.id, ok: false, infra: true, message }
  }
  if (await usableBuild(deps.store, task.id)) return { id: task.id, ok: true, infra: false, message: '' }
  const again = `${task.name} is built again: a file of its last build is damaged or gone.`
  await sayOnce(deps.store, { run: run.id, cell: cell.number }, again)
  return await awaitBuild(deps, task)
}
