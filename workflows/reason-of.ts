import { ActivityFailure, isCancellation, rootCause } from '@temporalio/workflow'
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common'

/** Why a step broke, in one sentence. What a step of ours throws is one already: what lies below it would only hide it. */
export function reasonOf(error: unknown): string {
  if (isCancellation(error)) return 'cancelled'
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof TimeoutFailure)
    return cause.timeoutType === 'HEARTBEAT'
      ? 'The worker that ran the step fell silent: it died, stood still, or lost the server.'
      : `The step ran into its ${cause.timeoutType} time limit.`
  if (cause instanceof ApplicationFailure && endedByItsWorker(cause))
    return 'The worker was shut down before the step had ended.'
  if (cause instanceof ApplicationFailure && cause.message !== '') return cause.message
  return rootCause(error) ?? String(error)
}

/** Whether a step did not end in the time that its worker had for shutting down: the SDK's core (1.24) fails it with this type. */
export function endedByItsWorker({ type }: ApplicationFailure): boolean {
  return type === 'WorkerShutdown'
}
