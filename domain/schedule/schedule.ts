import type { UnchangedWay } from '../night/unchanged.ts'
import type { Selector } from '../plan/axes.ts'
import type { Telling } from '../tell/telling.ts'

/** What happens when the hour of a night comes while the one before still runs. */
export const overlaps = ['skip', 'buffer-one', 'cancel-other'] as const
export type Overlap = (typeof overlaps)[number]

/** A plan that is run again and again: what `schedules/NAME.yaml` says. Times are seconds. */
export interface Schedule {
  /** The file's name without its ending. */
  name: string
  description: string
  /** The plan's file, absolute. */
  plan: string
  /** Only cells with these values. */
  only: Selector
  /** The lab's file, absolute, where its cells boot on places of one. */
  lab: string | undefined
  /** The file of known issues, absolute. */
  known: string | undefined
  when: When
  overlap: Overlap
  /** So late may a night begin that was missed, because nothing ran when its hour came. */
  catchUp: number
  /** Cells at once. */
  atOnce: number
  /** Attempts of a cell that comes out otherwise than its last conclusive night. */
  confirm: number
  /**
   * How long the cells of a class may boot in one night, seconds; a class that is not named may for as long as it
   * takes.
   */
  budget: Record<string, number>
  /** What is done in a night in which nothing moved since the last one. */
  unchanged: UnchangedWay
  /** Who looks after it. */
  owner: string | undefined
  /** Who is told of its nights; no two with one key. */
  tell: Telling[]
}

export interface When {
  /** Five fields, in wall-clock time of the zone; or an interval. */
  at: { kind: 'cron'; cron: string } | { kind: 'every'; seconds: number }
  /** IANA name. */
  zone: string
  /** A night begins up to so much later than its hour. */
  jitter: number
  /** The wall-clock time at which the window closes: what has not been run by then is not run. Minutes since midnight. */
  until: number | undefined
}
