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

/**
 * A signal for what is done when an attempt has ended: judging it. It aborts when the server has given the step up or its worker
 * is being stopped, for somebody else closes the attempt then; a cancel that somebody asked for lets what was shown be kept.
 * @param signal the step's; undefined comes back where it was aborted before, which is how the attempt ended
 */
export function unlessWanted(signal: AbortSignal): AbortSignal | undefined {
  if (signal.aborted) return undefined
  const context = Context.current()
  const unwanted = new AbortController()
  const abort = (): void => {
    if (context.cancellationDetails?.cancelRequested !== true) unwanted.abort(signal.reason)
  }
  signal.addEventListener('abort', abort, { once: true })
  return unwanted.signal
}
