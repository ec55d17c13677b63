import type { HostView } from '../domain/attempt.ts'
import type { Limits } from '../domain/cell.ts'
import type { TargetRecord } from '../domain/records/record.ts'
import type { Pace } from '../domain/stage/pace.ts'
import type { StageReached } from '../domain/stage/stage-follower.ts'
import type { Stage } from '../domain/stage.ts'
import type { World } from '../domain/world.ts'
import type { ExchangeEnd } from './exchange.ts'

/** What one attempt on a target is to be, whatever the target is. */
export interface BootOrder {
  /** The attempt's own folder, existing; `consoles/` is made in it, beside what the target itself puts there. */
  folder: string
  limits: Limits
  /** How earlier boots went on this host: limits are never tighter than a multiple of it. */
  history?: Pace
  /** Where the place keeps its claim, the lease's fence, and whom to name as its user. */
  place: { folder: string; fence: number; owner: string }
  /** A target that hangs is left as it is, where that can be, for somebody who looks at it; it is for the caller to end it. */
  leaveHung?: true
}

/** How far a boot is. */
export interface BootProgress {
  stage: Stage
  /** Bytes on disk of all channels together, and of each. */
  bytes: number
  channels: Record<string, number>
}

/** Who is told while a boot runs; both are called in the middle of the capture and must return at once. */
export interface BootWatch {
  /** With each chunk of a console: some thousand times in a boot. */
  progress?(progress: BootProgress): void
  /** Once for each stage that begins. */
  reached?(reached: StageReached): void
}

/** A console as it was kept. */
export interface KeptConsole {
  name: string
  worlds: World[]
  rawPath: string
  timesPath: string
  bytes: number
}

/** What one attempt came to on the host's side. */
export interface BootEnd {
  host: HostView
  records: TargetRecord[]
  exchange: Omit<ExchangeEnd, 'records'>
  /** The consoles; a record channel's raw bytes lie beside them but are no console. */
  consoles: KeptConsole[]
  pace: Pace
  /** When the target was set running, milliseconds since 1970, and how long it ran, seconds. */
  startedAt: number
  seconds: number
  /** It hung, and runs on. */
  leftOn?: true
}
