import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import type { LostRun } from './contracts.ts'
import { bookkeeping, closing } from './options.ts'

const { finishRun } = proxyActivities<Pick<Activities, 'finishRun'>>(bookkeeping)

/** Closes a run whose own story was cut off on the server: what is open of it is powered off and judged, then the run ends. */
export async function closeRun({ run, lab, host, reason }: LostRun): Promise<void> {
  const { closeOpenAttempts } = proxyActivities<Pick<Activities, 'closeOpenAttempts'>>(
    closing(queues.closing(lab, host)),
  )
  await closeOpenAttempts({ run, reason })
  await finishRun({ run, state: 'failed', reason, lab })
}
