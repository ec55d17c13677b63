import { defineSearchAttributeKey } from '@temporalio/common'
import { executeChild, ParentClosePolicy } from '@temporalio/workflow'
import type { CellResult, CellTask, RunTask, TurnsResult } from './contracts.ts'
import { runCell } from './run-cell.ts'
import { takeTurns } from './take-turns.ts'

/** What a run says of one of its cells; the rest of the task is the run's. */
export type CellOfRun = Omit<CellTask, 'run' | 'lab' | 'host'>

/**
 * Works on a cell of a run in a child workflow; returns when it has ended.
 * @param workflowId the child's, unique in its run
 */
export async function cellChild(task: RunTask, cell: CellOfRun, workflowId: string): Promise<CellResult> {
  return await executeChild(runCell, { ...asChild(task, cell, workflowId), args: [whole(task, cell)] })
}

/**
 * Works on cells of a run that take turns, in a child workflow that is found under the first of them.
 * @param cells two or more
 */
export async function turnsChild(
  task: RunTask,
  cells: readonly CellOfRun[],
  workflowId: string,
): Promise<TurnsResult[]> {
  const args: [CellTask[]] = [cells.map((cell) => whole(task, cell))]
  return await executeChild(takeTurns, { ...asChild(task, cells[0]!, workflowId), args })
}

function whole({ run, lab, host }: RunTask, cell: CellOfRun): CellTask {
  return { ...cell, run, lab, host }
}

function asChild(task: RunTask, cell: CellOfRun, workflowId: string) {
  return {
    workflowId,
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('LabRun', 'KEYWORD'), value: String(task.run) },
      { key: defineSearchAttributeKey('LabCell', 'KEYWORD'), value: `${task.run}.${cell.number}` },
    ],
    // Not the default TERMINATE, which would leave a place powered on.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  }
}
