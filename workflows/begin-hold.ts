import { defineSearchAttributeKey } from '@temporalio/common'
import { ParentClosePolicy, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues, workflowIds } from '../domain/naming.ts'
import type { CellTask, LeasedAttempt } from './contracts.ts'
import { holdPlace } from './hold-place.ts'
import { puttingAway } from './options.ts'

/** Makes the place of an attempt its owner's, and has a story of its own end that, for the cell's own ends before. */
export async function beginHold(cell: CellTask, attempt: LeasedAttempt): Promise<void> {
  const { lab, host } = cell
  const { handOverPlace } = proxyActivities<Pick<Activities, 'handOverPlace'>>(puttingAway(queues.places(lab, host)))
  await handOverPlace(attempt)
  await startChild(holdPlace, {
    workflowId: workflowIds.hold(storyOf(cell, attempt), attempt.attempt),
    args: [{ ...attempt, lab, host }],
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('LabRun', 'KEYWORD'), value: String(attempt.run) },
      { key: defineSearchAttributeKey('LabCell', 'KEYWORD'), value: `${attempt.run}.${attempt.cell}` },
    ],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })
}

/** The id under which a hold is looked for: the cell's own, also where it takes turns with others in one story. */
function storyOf({ turns }: CellTask, { cell }: LeasedAttempt): string {
  const { workflowId, parent } = workflowInfo()
  return turns === undefined || parent === undefined ? workflowId : workflowIds.cell(parent.workflowId, cell)
}
