import { dirname, join } from 'node:path'
import type { SourceContext } from '../builds/source/source.ts'
import { counted } from '../domain/counted.ts'
import { LabError } from '../domain/errors.ts'
import type { NightPlan } from '../domain/night/plan-night.ts'
import { unchangedInWords } from '../domain/night/unchanged.ts'
import { mostAttempts } from '../domain/plan/schema.ts'
import { classOf, isLeased } from '../domain/target.ts'
import { runDetail } from '../store/details.ts'
import { setCellBuilds, type StoredCell } from '../store/cells.ts'
import { usableBuild } from '../store/builds.ts'
import type { Run } from '../store/runs.ts'
import type { BuildTask, CellOutline, RunOutline } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import { buildsOf } from './builds-of.ts'
import { freezeInputs } from './freeze-inputs.ts'
import { orderNight } from './order-night.ts'
import type { Deps } from './registry.ts'
import { Reporter } from './reporter.ts'

/**
 * Makes the inputs of a stored run stand still, names the builds of each cell, says which of them exist, and
 * writes the names down, so that whoever watches the run sees its builds from their first event. Of a night it also
 * says which cells are run, and in which order.
 * @throws LabError SourceMissing, BadInput (the run has ended already; a fragment, patch or recipe that has gone since
 *   the plan was read).
 */
export async function outlineRun(deps: Deps, input: { run: number; lab: string }): Promise<RunOutline> {
  const { run, cells } = await runDetail(deps.store, input.run)
  if (run.state !== 'running') throw new LabError('BadInput', `Run ${run.id} has ended already (${run.state}).`)
  const reporter = new Reporter(deps.store, { run: input.run })
  const outline = await whileBeating(5_000, { naming: 0 }, async (report, signal) => {
    const lockFile = join(dirname(run.planFile), 'sources.lock.json')
    const context: SourceContext = {
      folders: deps.folders,
      lockFile,
      signal,
      progress: () => {},
      say: (text) => reporter.tell('say', { text }),
    }
    const named: Named[] = []
    for (const stored of await freezeInputs(deps, run.id, cells, context)) {
      report({ naming: stored.number })
      const { kernel, firmware } = await buildsOf(deps, stored.cell, { run: run.id, lab: input.lab, lockFile }, context)
      const builds = { kernel: kernel.id, firmware: firmware?.id ?? null }
      await setCellBuilds(deps.store, run.id, stored.number, builds)
      const tasks = [...(firmware === undefined ? [] : [firmware]), kernel]
      named.push({ stored: { ...stored, kernelBuild: builds.kernel, firmwareBuild: builds.firmware }, tasks })
    }
    const night = await orderNight(
      deps,
      run,
      named.map(({ stored }) => stored),
    )
    if (!night) return await outlineAll(deps, run, named)
    if (night.since) reporter.tell('say', { text: tellUnchanged(night.since, night.cells) })
    return await outlineNight(deps, run, named, night)
  })
  await reporter.flush()
  return outline
}

function tellUnchanged(since: NonNullable<NightPlan['since']>, cells: NightPlan['cells']): string {
  const words = unchangedInWords(since)
  const left = cells.filter(({ runs }) => !runs).length
  const rest = left === 0 ? '' : `: ${left} of ${counted(cells.length, 'cell is', 'cells are')} not run`
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${rest}.`
}

interface Named {
  stored: StoredCell
  tasks: BuildTask[]
}

async function outlineAll(deps: Deps, run: Run, named: readonly Named[]): Promise<RunOutline> {
  return {
    plan: run.plan,
    builds: await buildsNeeded(deps, named),
    cells: named.map((one) => outlineOf(run, one)),
  }
}

async function outlineNight(deps: Deps, run: Run, named: readonly Named[], night: NightPlan): Promise<RunOutline> {
  const byNumber = new Map(named.map((one) => [one.stored.number, one]))
  const planned = night.cells.filter(({ runs }) => runs)
  return {
    plan: run.plan,
    builds: await buildsNeeded(
      deps,
      planned.map(({ number }) => byNumber.get(number)!),
    ),
    cells: planned.map(({ number, repeats, seconds }) => {
      const one = byNumber.get(number)!
      return {
        ...outlineOf(run, one),
        ...(repeats && { count: mostAttempts, until: 'confident' as const }),
        class: classOf(one.stored.cell.target),
        ...(seconds !== undefined && { seconds }),
      }
    }),
    night: { budget: run.options?.budget ?? {} },
  }
}

async function buildsNeeded(deps: Deps, named: readonly Named[]): Promise<RunOutline['builds']> {
  const tasks = new Map(named.flatMap(({ tasks: needed }) => needed.map((task) => [task.id, task])))
  const builds = []
  for (const task of tasks.values())
    builds.push({ task, built: (await usableBuild(deps.store, task.id)) !== undefined })
  return builds
}

function outlineOf({ options }: Run, { stored: { number, cell }, tasks }: Named): CellOutline {
  const leased = isLeased(cell.target) ? { leased: true as const } : {}
  // Of a model nothing is left to be looked at.
  const hold = cell.target.kind === 'board' && options?.hold ? { hold: true as const } : {}
  const confirm = options?.confirm === undefined ? {} : { confirm: options.confirm }
  return { number, builds: tasks.map(({ id }) => id), ...cell.attempts, ...leased, ...hold, ...confirm }
}
