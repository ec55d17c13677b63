import { Context } from '@temporalio/activity'

/**
 * Whether the running step was cancelled because somebody asked for that. Its signal is aborted too when its worker is
 * being stopped and when the server has given it up: then the work is still wanted, and done by the next try.
 */
export function cancelWasAsked(): boolean {
  return Context.current().cancellationDetails?.cancelRequested === true
}

/** Why the running step's signal was aborted although nobody asked for its end: the beginning of a sentence. */
export function whyCutOff(): string {
  const details = Context.current().cancellationDetails
  if (details?.workerShutdown === true) return 'The worker was stopped in the middle of the attempt'
  if (details?.notFound === true) return 'The server had given the attempt up, or no longer knows its run'
  if (details?.timedOut === true) return 'The server had heard nothing of the attempt for too long'
  return 'The attempt was cut off'
}
