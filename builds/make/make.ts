import { LabError } from '../../domain/errors.ts'
import type { BuildContext } from '../build.ts'
import type { BuildFault } from '../../domain/build.ts'
import { readLastBuild, writeLastBuild } from './build-history.ts'
import { FirstError } from './first-error.ts'
import { isStep, progressOf } from './make-progress.ts'
import { runLogged, type LoggedCommand } from './run-logged.ts'

/** One call of make. */
export interface MakeRun extends Omit<LoggedCommand, 'command'> {
  /** Without `-j`: that comes from the context. */
  args: string[]
  /** The name of this step in progress reports, e.g. `compile`. */
  phase: string
  /** Where and under which name the work that this took is remembered; see readLastBuild. */
  history?: { folder: string; kind: string }
  /** Folders that are cut off file names in a fault, e.g. the source tree. */
  roots: string[]
}

export type MakeOutcome = { ok: true; steps: number; seconds: number } | { ok: false; fault: BuildFault }

/**
 * Runs make, appends its whole output to the context's log and reports progress. A make that missed a file is run once
 * more before its fault stands: what is missing in the source is missing the second time, too, but somebody who deletes
 * the cache is through with it by then.
 * @throws the signal's reason when the context is aborted, once every process of make has gone; LabError DiskFull;
 * ToolMissing; BuildFailed (retryable) when something killed make or the compiler.
 */
export async function runMake(run: MakeRun, context: BuildContext): Promise<MakeOutcome> {
  const first = await runOnce(run, context)
  if (first.outcome.ok || !first.missesFile) return first.outcome
  // One job comes to what failed at once; of several, the others go on with folders that are not asked about. What it takes
  // says nothing of a whole build.
  const { history: _history, ...again } = run
  return (await runOnce(again, { ...context, jobs: 1 })).outcome
}

async function runOnce(run: MakeRun, context: BuildContext): Promise<{ outcome: MakeOutcome; missesFile: boolean }> {
  const last = run.history && (await readLastBuild(run.history.folder, run.history.kind))
  const first = new FirstError(run.roots)
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  let steps = 0
  const report = () => context.progress(progressOf(run.phase, steps, elapsed(), last))
  report()
  const code = await runLogged({ ...run, command: ['make', `-j${context.jobs}`, ...run.args] }, context, {
    line(line) {
      if (isStep(line)) steps += 1
      first.line(line)
    },
    chunk: report,
  })
  if (code === 0) {
    const seconds = elapsed()
    if (run.history) await writeLastBuild(run.history.folder, run.history.kind, { steps, seconds })
    return { outcome: { ok: true, steps, seconds }, missesFile: false }
  }
  refuseHostTrouble(code, first, run)
  const fault = first.fault ?? { message: `make ended with code ${code} and did not say why` }
  return { outcome: { ok: false, fault }, missesFile: first.missesFile }
}

/** Throws for what is the host's fault and not the source's. */
function refuseHostTrouble(code: number, first: FirstError, run: MakeRun): void {
  if (first.trouble === 'disk-full') {
    throw new LabError(
      'DiskFull',
      `The disk of ${run.folder} became full during the build: free some space and run it again.`,
    )
  }
  if (code === 127) {
    throw new LabError('ToolMissing', 'The build needs make and flock, one of which is not there: run `npm start`.')
  }
  if (first.trouble === 'out-of-memory' || code > 128) {
    const who = first.trouble === 'out-of-memory' ? 'the compiler' : 'make'
    throw new LabError(
      'BuildFailed',
      `Something killed ${who} in ${run.folder}; most likely this host ran out of memory: run it again with fewer jobs.`,
      { retryable: true },
    )
  }
}
