import { setImmediate } from 'node:timers/promises'
import type { SourceContext } from '../builds/source/source.ts'
import { counted } from '../domain/counted.ts'
import { LabError } from '../domain/errors.ts'
import type { NightPlan } from '../domain/night/plan-night.ts'
import { unchangedInWords } from '../domain/night/unchanged.ts'
import { mostAttempts } from '../domain/plan/schema.ts'
import { turnsOf } from '../domain/plan/turns-of.ts'
import { classOf, isLeased } from '../domain/target.ts'
import { runCells } from '../store/details.ts'
import { setBuilds, type StoredCell } from '../store/cells.ts'
import { usableBuilds } from '../store/builds.ts'
import type { Run } from '../store/runs.ts'
import type { BuildRef, CellOutline, OutlineTask, RunOutline } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import { buildsOf, frozenNamer, lockFileOf, refTo } from './builds-of.ts'
import { freezeInputs } from './freeze-inputs.ts'
import { keepOutline, partOf, readOutline, type WholeOutline } from './kept-outline.ts'
import { orderNight } from './order-night.ts'
import type { Deps } from './deps.ts'
import { Reporter } from './reporter.ts'

/**
 * Makes the inputs of a stored run stand still, names the builds of each cell, says which of them exist, and
 * writes the names down, so that whoever watches the run sees its builds from their first event. Of a night it also
 * says which cells are run, and in which order. Of a run of many cells it tells the next part.
 * @throws LabError SourceMissing, BadInput (the run has ended already; a fragment, patch or recipe that has gone since
 *   the plan was read).
 */
export async function outlineRun(deps: Deps, input: OutlineTask): Promise<RunOutline> {
  const { run, cells } = await runCells(deps.store, input.run)
  if (run.state !== 'running') throw new LabError('BadInput', `Run ${run.id} has ended already (${run.state}).`)
  const { state } = deps.folders
  const kept = input.done === undefined ? undefined : await readOutline(state, run.id)
  const whole = kept ?? (await outlineWhole(deps, input, run, cells))
  const { more, builds, ...part } = partOf(whole, input.done ?? 0)
  if (more > 0 && kept === undefined) await keepOutline(state, run.id, whole)
  const usable = await usableBuilds(
    deps.store,
    builds.map(({ id }) => id),
  )
  const needed = builds.map((task) => ({ task, built: usable.has(task.id) }))
  return { ...part, builds: needed, ...(more > 0 && { more }) }
}

async function outlineWhole(
  deps: Deps,
  input: OutlineTask,
  run: Run,
  cells: readonly StoredCell[],
): Promise<WholeOutline> {
  const reporter = new Reporter(deps.store, { run: input.run })
  const outline = await whileBeating(5_000, { naming: 0 }, async (report, signal) => {
    const lockFile = lockFileOf(run)
    const context: SourceContext = {
      folders: deps.folders,
      lockFile,
      signal,
      progress: () => {},
      say: (text) => reporter.tell('say', { text }),
    }
    const namer = frozenNamer(deps, context)
    const named: Named[] = []
    const frozen = await freezeInputs(deps, run.id, cells, context)
    await namer.kernels(frozen.map(({ cell }) => cell))
    const asked = { run: run.id, lab: input.lab, lockFile }
    for (const stored of frozen) {
      report({ naming: stored.number })
      const { kernel, firmware } = await buildsOf(deps, stored.cell, asked, context, namer)
      const builds = { kernel: kernel.id, firmware: firmware?.id ?? null }
      const refs = [...(firmware === undefined ? [] : [refTo(firmware)]), refTo(kernel)]
      named.push({ stored: { ...stored, kernelBuild: builds.kernel, firmwareBuild: builds.firmware }, refs })
    }
    await writeNames(deps, run, named)
    const night = await orderNight(
      deps,
      run,
      named.map(({ stored }) => stored),
    )
    if (!night) return outlineAll(run, named)
    if (night.since) reporter.tell('say', { text: tellUnchanged(night.since, night.cells) })
    return outlineNight(run, named, night)
  })
  await reporter.flush()
  return outline
}

/** Whoever waits for the database, a heartbeat among them, waits for so many rows at most. */
const rowsAtOnce = 500

async function writeNames({ store }: Deps, run: Run, named: readonly Named[]): Promise<void> {
  for (let first = 0; first < named.length; first += rowsAtOnce) {
    const builds = named.slice(first, first + rowsAtOnce).map(({ stored }) => {
      return [stored.number, { kernel: stored.kernelBuild!, firmware: stored.firmwareBuild }] as const
    })
    await setBuilds(store, run.id, new Map(builds))
    await setImmediate()
  }
}

function tellUnchanged(since: NonNullable<NightPlan['since']>, cells: NightPlan['cells']): string {
  const words = unchangedInWords(since)
  const left = cells.filter(({ runs }) => !runs).length
  const rest = left === 0 ? '' : `: ${left} of ${counted(cells.length, 'cell is', 'cells are')} not run`
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${rest}.`
}

interface Named {
  stored: StoredCell
  refs: BuildRef[]
}

function outlineAll(run: Run, named: readonly Named[]): WholeOutline {
  const turns = turnsOf(named.map(({ stored }) => stored.cell))
  const cells = named.map((one, index) => {
    const first = one.stored.cell.attempts.inTurns === undefined ? undefined : turns.get(index)
    return { ...outlineOf(run, one), ...(first !== undefined && { turns: named[first]!.stored.number }) }
  })
  // Side by side, for the story of a part of them must know all that take turns.
  const inRows = cells.toSorted((a, b) => (a.turns ?? a.number) - (b.turns ?? b.number))
  return { plan: run.plan, builds: buildsNeeded(named), cells: inRows }
}

function outlineNight(run: Run, named: readonly Named[], night: NightPlan): WholeOutline {
  const byNumber = new Map(named.map((one) => [one.stored.number, one]))
  const planned = night.cells.filter(({ runs }) => runs)
  return {
    plan: run.plan,
    builds: buildsNeeded(planned.map(({ number }) => byNumber.get(number)!)),
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

function buildsNeeded(named: readonly Named[]): BuildRef[] {
  return [...new Map(named.flatMap(({ refs }) => refs.map((ref) => [ref.id, ref]))).values()]
}

function outlineOf({ options }: Run, { stored: { number, cell }, refs }: Named): CellOutline {
  const leased = isLeased(cell.target) ? { leased: true as const } : {}
  // Of a model nothing is left to be looked at.
  const hold = cell.target.kind === 'board' && options?.hold ? { hold: true as const } : {}
  const confirm = options?.confirm === undefined ? {} : { confirm: options.confirm }
  const { inTurns: _inTurns, ...attempts } = cell.attempts
  return { number, builds: refs.map(({ id }) => id), ...attempts, ...leased, ...hold, ...confirm }
}
