/** One time that a schedule came to. Times are epoch milliseconds. */
export interface Night {
  id: number
  schedule: string
  workflowId: string
  /** The hour that it was planned for. */
  due: number
  begun: number
  /** The run that it became; null when there could be none, and then why, in one sentence. */
  run: number | null
  fault: string | null
}
