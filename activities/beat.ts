import { Context } from '@temporalio/activity'

/**
 * Heartbeats on a timer while `work` runs, each with the newest details that `work` reported: a line of output may come
 * a thousand times a second or not at all, and the server must hear from us either way.
 * @param everyMs well below the activity's heartbeat time-out.
 */
export async function whileBeating<Details, Result>(
  everyMs: number,
  first: Details,
  work: (report: (details: Details) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const context = Context.current()
  let newest = first
  context.heartbeat(newest)
  const timer = setInterval(() => context.heartbeat(newest), everyMs)
  try {
    return await work((details) => {
      newest = details
    }, context.cancellationSignal)
  } finally {
    clearInterval(timer)
  }
}
