import { CancellationScope, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import type { Hold } from './contracts.ts'
import { holding } from './options.ts'
import { puttingPlacesAway } from './put-away.ts'

/**
 * Keeps a board that failed for its owner until the time is up, then switches it off and gives it back; so it does when it is
 * cancelled. It outlives the run. A board that its owner gave back is his no longer, and is left alone.
 */
export async function holdPlace({ lab, host, ...attempt }: Hold): Promise<void> {
  const queue = queues.places(lab, host)
  const { keepPlace } = proxyActivities<Pick<Activities, 'keepPlace'>>(holding(queue))
  const putAway = puttingPlacesAway(queue)
  let ours = true
  try {
    ours = await keepPlace(attempt)
  } finally {
    if (ours) await CancellationScope.nonCancellable(() => putAway(attempt))
  }
}
