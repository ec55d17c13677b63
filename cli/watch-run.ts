import { cellIds } from '../store/cells.ts'
import { runDetail } from '../store/details.ts'
import { findRun } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import type { Answer } from '../control/control-socket.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { followRun } from './follow.ts'
import { nobodyWorksOn } from './service.ts'
import { makeProgress } from './show/progress.ts'
import { reportRun } from './show/run-report.ts'
import { runToJson } from './show/json.ts'

/**
 * Follows a run to its end and prints its report.
 * @param service that works on it; without one, what has happened is shown, and then that nobody works on it.
 * @param signal ends the following only.
 * @returns the run's exit code; 0 when following was ended first.
 * @throws LabError ServerUnreachable when no service works on the run, or it ends before the run does.
 */
export async function watchRun(
  context: Context,
  store: Store,
  service: Answer | undefined,
  run: number,
  signal?: AbortSignal,
): Promise<number> {
  const { started } = await findRun(store, run)
  const ids = await cellIds(store, run)
  const progress = makeProgress(context, ids, started)
  const following = AbortSignal.any([service?.ended ?? AbortSignal.abort(), ...(signal ? [signal] : [])])
  for await (const event of followRun(store, run, following)) {
    // A search gets its cells while it goes on.
    if (event.cell !== null && event.cell > ids.length) ids.push(...(await cellIds(store, run, ids.length)))
    progress.show(event)
  }
  progress.end()
  if ((await findRun(store, run)).state === 'running') {
    if (signal?.aborted) return exitCodes.ok
    throw await nobodyWorksOn(run, store.folder)
  }
  const detail = await runDetail(store, run)
  if (context.json) context.printJson(runToJson(detail))
  else context.print(reportRun(detail, context.paint))
  return detail.run.exitCode ?? exitCodes.infra
}
