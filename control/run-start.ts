import type { RunTask } from '../workflows/contracts.ts'

/** A run whose row is written and whose workflow is to be started. */
export interface RunStart {
  workflowId: string
  /** The plan's name. */
  plan: string
  task: RunTask
}
