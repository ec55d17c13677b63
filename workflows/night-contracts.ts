import type { Selector } from '../domain/plan/axes.ts'
import type { UnchangedWay } from '../domain/night/unchanged.ts'

/** A night of a schedule: what the schedule's file said when it was applied. Paths are absolute, times epoch ms. */
export interface NightTask {
  schedule: string
  lab: string
  host: string
  plan: string
  only: Selector
  /** The lab's file, where cells boot on places of one. */
  inventory?: string
  atOnce: number
  /** Attempts of a cell that comes out otherwise than its last conclusive night. */
  confirm: number
  zone: string
  /** When the window closes: minutes since midnight in the zone. */
  until?: number
  /** Seconds of boots that the cells of a class may take. */
  budget?: Record<string, number>
  /** What is done where nothing moved since the last night. */
  unchanged?: UnchangedWay
}

/** A night that is to begin: which workflow tells its story, and for which moment it was planned. */
export interface NightStart {
  night: NightTask
  workflowId: string
  due: number
}

/** People are to be told of a night. */
export interface NightTelling {
  schedule: string
  /** The workflow that told its story. */
  night: string
}

/** What became of a test message. */
export interface TestTold {
  /** The key of the telling. */
  target: string
  ok: boolean
  /** What the other side said, or why it did not get it. */
  answer: string
}
