import { dirname, join } from 'node:path'
import { identifyFirmware } from '../builds/firmware/identify.ts'
import { readStack } from '../builds/firmware/recipe.ts'
import { identifyKernel } from '../builds/kernel/identify.ts'
import { sourceIdentity } from '../builds/source/obtain.ts'
import type { SourceContext } from '../builds/source/source.ts'
import { runDetail } from '../store/details.ts'
import { setCellBuilds } from '../store/cells.ts'
import { usableBuild } from '../store/builds.ts'
import type { Cell } from '../domain/cell.ts'
import type { BuildTask, RunOutline } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import type { Deps } from './registry.ts'
import { Reporter } from './reporter.ts'

/**
 * Names the builds of each cell of a stored run, says which of them exist, and writes the names down, so that whoever
 * watches the run sees its builds from their first event.
 * @throws LabError SourceMissing, BadInput (a fragment, patch or recipe that has gone since the plan was read).
 */
export async function outlineRun(deps: Deps, input: { run: number; lab: string }): Promise<RunOutline> {
  const { run, cells } = await runDetail(deps.store, input.run)
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
      const builds = await buildsOf(cell, lockFile, context)
      await setCellBuilds(deps.store, input.run, number, { kernel: builds.kernel.id, firmware: builds.firmware.id })
      for (const build of [builds.firmware, builds.kernel])
        tasks.set(build.id, { ...build, run: input.run, lab: input.lab })
      outlined.push({ number, builds: [builds.firmware.id, builds.kernel.id], ...cell.attempts })
    }
  })
  await reporter.flush()
  const builds = []
  for (const task of tasks.values())
    builds.push({ task, built: (await usableBuild(deps.store, task.id)) !== undefined })
  return { plan: run.plan, builds, cells: outlined }
}

type Unowned<Task> = Task extends unknown ? Omit<Task, 'run' | 'lab'> : never

async function buildsOf(
  cell: Cell,
  lockFile: string,
  context: SourceContext,
): Promise<{ kernel: Unowned<BuildTask & { kind: 'kernel' }>; firmware: Unowned<BuildTask & { kind: 'firmware' }> }> {
  const kernel = await identifyKernel(
    cell.kernel,
    await sourceIdentity(cell.kernel.sources, cell.kernel.patches, context),
  )
  const firmware = await identifyFirmware(await readStack(cell.stack.recipe), context)
  return {
    kernel: { kind: 'kernel', id: kernel.id, name: kernel.name, kernel: cell.kernel, lockFile },
    firmware: { kind: 'firmware', id: firmware.id, name: firmware.name, recipe: cell.stack.recipe, lockFile },
  }
}
