import { dirname, join } from 'node:path'
import type { SourceContext } from '../builds/source/source.ts'
import type { Candidate, Search } from '../domain/search/search.ts'
import { candidateOf } from '../domain/search/candidates.ts'
import { stepOf } from '../domain/search/step.ts'
import { LabError } from '../domain/errors.ts'
import { isLeased } from '../domain/target.ts'
import { triedOf } from '../reading/search-tried.ts'
import { usableBuild } from '../store/builds.ts'
import { addCell, setCellBuilds } from '../store/cells.ts'
import { runDetail, type CellDetail, type RunDetail } from '../store/details.ts'
import type { BuildTask, SearchAttempt, SearchTask } from '../workflows/contracts.ts'
import { whileBeating } from './beat.ts'
import { buildsOf } from './builds-of.ts'
import { closeUnbuiltCell } from './close-unbuilt-cell.ts'
import type { Deps } from './deps.ts'
import { sayOnce } from './say-once.ts'

/**
 * Decides from what is stored what a search tries next, and makes it a cell of the run with its builds named. One whose
 * builds cannot even be named is closed as not built, and another one is decided for.
 * @throws LabError BadInput for a run that looks for nothing, or has ended; SourceMissing that may pass
 */
export async function nextAttempt(deps: Deps, input: { run: number; lab: string }): Promise<SearchTask> {
  return await whileBeating(5_000, { deciding: input.run }, async (_report, signal) => {
    for (;;) {
      signal.throwIfAborted()
      const { run, cells } = await runDetail(deps.store, input.run)
      const search = run.options?.search
      if (search === undefined) throw new LabError('BadInput', `Run ${run.id} looks for nothing.`)
      if (run.state !== 'running') throw new LabError('BadInput', `Run ${run.id} has ended already (${run.state}).`)
      const tried = triedOf(search, cells)
      const step = stepOf(search, tried)
      if (step.is === 'over') return { is: 'over' }
      if (step.sentence !== '') await sayOnce(deps.store, { run: run.id }, step.sentence)
      const naming = new Naming(deps, { run, cells }, input.lab, signal)
      const attempts: SearchAttempt[] = []
      for (const number of step.candidates) {
        const attempt = await attemptAt(deps, cells, run.id, candidateOf(search, number), naming)
        if (attempt) attempts.push(attempt)
      }
      // Where all of them were closed as not built, something else is to be tried.
      if (attempts.length > 0) return { is: 'try', attempts, ahead: await naming.ahead(search, step.likely) }
    }
  })
}

/** Makes a candidate a cell of the run, with its builds named. @returns undefined for one whose builds cannot be named: it is closed */
async function attemptAt(
  deps: Deps,
  cells: readonly CellDetail[],
  run: number,
  candidate: Candidate,
  naming: Naming,
): Promise<SearchAttempt | undefined> {
  const number = await addCell(deps.store, run, candidate.cell)
  const named = await naming.builds(candidate)
  if ('unnamed' in named) {
    await closeUnbuiltCell(deps, { run, cell: number, infra: false, message: named.unnamed })
    return undefined
  }
  const [kernel, firmware] = named.ids
  await setCellBuilds(deps.store, run, number, { kernel: kernel!, firmware: firmware ?? null })
  const made = cells.find((cell) => cell.number === number)?.attempts ?? []
  const { attempts: policy, target } = candidate.cell
  const first = Math.max(0, ...made.map((attempt) => attempt.number)) + 1
  const leased = isLeased(target) && { leased: true as const }
  return { cell: { number, builds: named.ids, ...policy, first, ...leased }, builds: named.builds }
}

type Named = { ids: string[]; builds: { task: BuildTask; built: boolean }[] } | { unnamed: string }

/** Names the builds of candidates. */
class Naming {
  readonly #deps: Deps
  readonly #asked: Pick<BuildTask, 'run' | 'lab' | 'lockFile'>
  readonly #context: SourceContext
  readonly #cells: readonly CellDetail[]

  constructor(deps: Deps, { run, cells }: Pick<RunDetail, 'run' | 'cells'>, lab: string, signal: AbortSignal) {
    const lockFile = join(dirname(run.planFile), 'sources.lock.json')
    this.#deps = deps
    this.#cells = cells
    this.#asked = { run: run.id, lab, lockFile }
    this.#context = { folders: deps.folders, lockFile, signal, progress: () => {} }
  }

  /** The builds of a candidate: those that it is bound to, as long as they are there, and the others as its cell says. */
  async builds({ cell, kernelBuild, firmwareBuild }: Candidate): Promise<Named> {
    const wantsFirmware = cell.stack.recipe !== undefined
    // What it booted before in this run it boots again.
    const before = this.#cells.find((one) => one.cell.id === cell.id)
    const bound = [
      before?.kernelBuild ?? kernelBuild,
      ...(wantsFirmware ? [before?.firmwareBuild ?? firmwareBuild] : []),
    ]
    if (bound.every((id) => id !== undefined) && (await this.#areThere(bound))) return { ids: bound, builds: [] }
    try {
      const { kernel, firmware } = await buildsOf(this.#deps, cell, this.#asked, this.#context)
      const tasks = firmware === undefined ? [kernel] : [kernel, firmware]
      const builds = await Promise.all(
        tasks.map(async (task, index) => {
          const id = bound[index] ?? task.id
          const built = (await usableBuild(this.#deps.store, id)) !== undefined
          if (!built && id !== task.id)
            throw new LabError(
              'BadInput',
              `The build ${id.slice(0, 16)} of ${task.name} is gone, and its inputs have changed since.`,
            )
          return { id, task, built }
        }),
      )
      return { ids: builds.map(({ id }) => id), builds: builds.map(({ task, built }) => ({ task, built })) }
    } catch (error) {
      if (!(error instanceof LabError) || error.retryable) throw error
      return { unnamed: error.message }
    }
  }

  /** The kernels that candidates need and that are not there, as far as they can be named without fetching anything. */
  async ahead(search: Search, likely: readonly number[]): Promise<BuildTask[]> {
    if (search.kind === 'bisect' && search.versions.of === 'releases') return []
    const named = await Promise.all(likely.map((number) => this.builds(candidateOf(search, number))))
    return named.flatMap((one) =>
      'unnamed' in one ? [] : one.builds.filter(({ built }) => !built).map(({ task }) => task),
    )
  }

  async #areThere(ids: readonly string[]): Promise<boolean> {
    const found = await Promise.all(ids.map((id) => usableBuild(this.#deps.store, id)))
    return found.every((build) => build !== undefined)
  }
}
