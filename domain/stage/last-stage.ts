import type { ConsoleLog } from '../console/line.ts'
import type { TargetRecord } from '../records/record.ts'
import type { Stage } from './stage.ts'
import { StageFollower } from './stage-follower.ts'

/** Takes what the consoles and the init of a boot said, whole; returns the last stage that they show. */
export function lastStage(consoles: readonly ConsoleLog[], records: readonly TargetRecord[]): Stage {
  const follower = new StageFollower()
  for (const { console, lines } of consoles) for (const line of lines) follower.line(console, line)
  for (const record of records) follower.record(record)
  return follower.stage
}
