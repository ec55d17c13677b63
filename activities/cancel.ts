import { Context } from '@temporalio/activity'

/**
 * Whether the running step was cancelled because somebody asked for that. Its signal is aborted too when its worker is
 * being stopped and when the server has given it up: then the work is still wanted, and done by the next try.
 */
export function cancelWasAsked(): boolean {
  return Context.current().cancellationDetails?.cancelRequested === true
}
