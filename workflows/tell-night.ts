import {
  ContinueAsNew,
  isCancellation,
  ParentClosePolicy,
  patched,
  proxyActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { summary, workflowIds } from '../domain/naming.ts'
import type { NightTask, NightTelling } from './night-contracts.ts'
import { bookkeeping, delivering, planningTelling } from './options.ts'
import { reasonOf } from './reason-of.ts'

const { planTelling } = proxyActivities<Pick<Activities, 'planTelling'>>(planningTelling)
const { giveUpDelivery } = proxyActivities<Pick<Activities, 'giveUpDelivery'>>(bookkeeping)
const { deliver } = proxyActivities<Pick<Activities, 'deliver'>>(delivering)

/**
 * Does a night and has people told of it, in a story of its own: a mail server that is away for hours keeps neither the night
 * nor the next one waiting. Who cancels a night knows; what was new in it, the next one tells.
 */
export async function andTold<Result>(task: NightTask, night: () => Promise<Result>): Promise<Result> {
  try {
    const result = await night()
    await startTelling(task)
    return result
  } catch (error) {
    // One that goes on in another story has not ended.
    if (!isCancellation(error) && !(error instanceof ContinueAsNew)) await startTelling(task)
    throw error
  }
}

async function startTelling({ schedule }: NightTask): Promise<void> {
  // Nights that began before there was anybody to tell end as they would have.
  if (!patched('told')) return
  const { workflowId } = workflowInfo()
  const told: NightTelling = { schedule, night: workflowId }
  try {
    await startChild(tellNight, {
      workflowId: workflowIds.telling(workflowId),
      args: [told],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: summary(`tell of a night of ${schedule}`),
    })
  } catch (error) {
    // A night is what it is, told or not.
    if (isCancellation(error)) throw error
  }
}

/** Tells people of a night that has ended: each message on its own, for hours if it must be. */
export async function tellNight(told: NightTelling): Promise<void> {
  const ids = await planTelling(told)
  await Promise.all(
    ids.map(async (id) => {
      try {
        await deliver({ id })
      } catch (error) {
        await giveUpDelivery({ id, reason: reasonOf(error) })
      }
    }),
  )
}
