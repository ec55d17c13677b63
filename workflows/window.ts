import { CancellationScope, isCancellation } from '@temporalio/workflow'

/**
 * Does some work until a moment comes; what has not ended by then is cancelled, and awaited until it has put away what it
 * holds.
 * @param closes epoch ms; undefined never comes
 * @returns whether the moment came first
 * @throws what the work throws, also when it is cancelled from outside
 */
export async function untilClosed(closes: number | undefined, work: () => Promise<void>): Promise<boolean> {
  if (closes === undefined) {
    await work()
    return false
  }
  try {
    // A time limit of 0 would be none.
    await CancellationScope.withTimeout(Math.max(1, closes - Date.now()), work)
    return false
  } catch (error) {
    if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error
    return true
  }
}
