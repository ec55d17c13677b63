import type { Stage } from '../../domain/stage.ts'

/** What is killed, and what is stopped: each gets its share. */
export const victims = {
  kill: ['worker', 'service', 'server', 'guard', 'qemu', 'swtpm', 'cli'],
  stop: ['worker', 'server', 'worker and server', 'qemu'],
} as const
export type Kind = keyof typeof victims
export type Victim = (typeof victims)[Kind][number]

/** The plans that are run. */
export const plans = ['first-look', 'tpm'] as const
export type PlanName = (typeof plans)[number]

/**
 * How a run is started: `detached` in the background of a service that stays, `followed` by a command on such a
 * service, `owned` by a command that brings its own service; `night` by a schedule on such a service, followed by the
 * command that said so.
 */
export type Style = 'detached' | 'followed' | 'owned' | 'night'

/** When a run is disturbed; shares are from 0 to 1. */
export type Moment =
  /** While the command starts: a share of its first seconds. */
  | { from: 'command'; share: number }
  /** A share of the length of an undisturbed run. */
  | { from: 'run'; share: number }
  /** In a boot: a share of what a boot takes, behind a stage of the run's n-th boot that reaches it, from 0. */
  | { from: 'stage'; stage: Stage; nth: number; share: number }

export interface Disturbance {
  kind: Kind
  victim: Victim
  moment: Moment
  /** How long a stop lasts; nothing for a kill. */
  seconds: number
  /** Which of several that fit: from 0 to 1. */
  pick: number
  /** Seconds until somebody says `hyplab up` when the service went with it. */
  upAfter: number
}

/** One run of a plan, and what is done to it. */
export interface RunDraw {
  plan: PlanName
  style: Style
  disturbances: Disturbance[]
}

/** In a few words: `stop worker 25 s`. */
export function nameOf({ kind, victim, seconds }: Disturbance): string {
  return kind === 'kill' ? `kill ${victim}` : `stop ${victim} ${seconds} s`
}

/** The moment for another try of a disturbance that came too late to find its victim: one that comes earlier. */
export function earlier(moment: Moment): Moment {
  const share = moment.share / 2
  return moment.from === 'stage'
    ? { ...moment, share, nth: Math.floor(moment.nth / 2), stage: 'power' }
    : { ...moment, share }
}
