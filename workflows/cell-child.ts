import { defineSearchAttributeKey } from '@temporalio/common'
import { executeChild, ParentClosePolicy } from '@temporalio/workflow'
import type { CellResult, CellTask, RunTask } from './contracts.ts'
import { runCell } from './run-cell.ts'

/** What a run says of one of its cells; the rest of the task is the run's. */
export type CellOfRun = Omit<CellTask, 'run' | 'lab' | 'host'>

/**
 * Works on a cell of a run in a child workflow; returns when it has ended.
 * @param workflowId the child's, unique in its run
 */
export async function cellChild(task: RunTask, cell: CellOfRun, workflowId: string): Promise<CellResult> {
  return await executeChild(runCell, {
    workflowId,
    args: [{ ...cell, run: task.run, lab: task.lab, host: task.host }],
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('LabRun', 'KEYWORD'), value: String(task.run) },
      { key: defineSearchAttributeKey('LabCell', 'KEYWORD'), value: `${task.run}.${cell.number}` },
    ],
    // Not the default TERMINATE, which would leave a place powered on.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  })
}
