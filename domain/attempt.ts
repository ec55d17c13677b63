import type { ConsoleLog } from './console/line.ts'
import type { LabShown } from './lab-log/lab-fact.ts'
import type { HeardLines } from './records/kernel-log.ts'
import type { SmcCall } from './smc/call.ts'
import type { Stage } from './stage.ts'
import type { TargetRecord } from './records/record.ts'
import type { KnownLog } from './shown/known-lines.ts'
import type { Taint } from './taint.ts'

export const endings = ['finished', 'kernel-fault', 'firmware-fault', 'hung', 'infra', 'tainted', 'cancelled'] as const
/** How an attempt ended. */
export type Ending = (typeof endings)[number]

/** What the cell asked for, as far as probes need it to tell `skip` from `fail`. */
export interface Asked {
  /** The kernel command line that the target was given; undefined where only its log is known and does not show it. */
  cmdline: string | undefined
  /** Whether a part of it may be missing: of the log of a kernel that prints no more than its buffer holds, or that was wrapped. */
  cmdlineIsCut?: boolean
  /** Requested config symbols that probes look at, without the CONFIG_ prefix, e.g. `ARM_FFA_TRANSPORT: "y"`; from the build's effective .config. */
  config: Record<string, string>
  /** Module names in load order, without `.ko`. */
  modules: string[]
}

/** How the host saw the attempt stop. */
export interface HostView {
  /** `power-off`: the machine went off by itself; `asked-off`: we had it go off after the records were in; `forced`; `silence`: our limit on silence ran out; `flood`: a console said more than the plan allows; `lost`: the machine or its host broke; `cancelled`. */
  stop: 'power-off' | 'asked-off' | 'forced' | 'silence' | 'flood' | 'lost' | 'cancelled'
  /** One sentence, e.g. which stage was silent for how long and which world spoke last; empty for a normal power-off. */
  reason: string
  /** The last stage reached. */
  stage: Stage
  /** The console that said too much, where the attempt stopped for that. */
  flooded?: string
  /**
   * Seconds for which the target, or whoever watches it, stood still at a stretch, the longest; absent where it was too
   * short to matter. The target's clock went on meanwhile.
   */
  stoodStill?: number
}

/** What a console said, and what was found in it as it was read; who judges lines alone looks for that himself. */
export interface ShownConsole extends ConsoleLog, Partial<Pick<KnownLog, 'known'>> {
  /** All damage to it. */
  taints?: readonly Taint[]
  /** Fault lines of kernel and firmware that are not among the lines: of a console that says very much not all are kept. */
  unkept?: { kernel: number; firmware: number }
}

/** All that an attempt showed: the input of every probe. */
export interface Shown {
  asked: Asked
  host: HostView
  consoles: ShownConsole[]
  records: TargetRecord[]
  /** The lines of the consoles as they came, by which they are held against the kernel's own log; absent where only text is known. */
  heard?: readonly HeardLines[]
  /** Calls in the order in which they were made; absent where the target has no tracer. */
  smc?: readonly SmcCall[]
  /** What the lab did and said meanwhile; absent where the target is no place of a lab. */
  lab?: LabShown
}
