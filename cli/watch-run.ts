import { runDetail } from '../store/details.ts'
import type { Store } from '../store/store.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { followRun } from './follow.ts'
import { makeProgress } from './show/progress.ts'
import { reportRun } from './show/run-report.ts'
import { runToJson } from './show/json.ts'

/**
 * Follows a run to its end and prints its report.
 * @param signal ends the following only.
 * @returns the run's exit code; 0 when following was ended first.
 */
export async function watchRun(context: Context, store: Store, run: number, signal: AbortSignal): Promise<number> {
  const { run: row, cells } = await runDetail(store, run)
  const progress = makeProgress(
    context,
    cells.map(({ cell }) => cell.id),
    row.started,
  )
  for await (const event of followRun(store, run, signal)) progress.show(event)
  progress.end()
  const detail = await runDetail(store, run)
  if (detail.run.state === 'running') return exitCodes.ok
  if (context.json) context.printJson(runToJson(detail))
  else context.print(reportRun(detail, context.paint))
  return detail.run.exitCode ?? exitCodes.infra
}
