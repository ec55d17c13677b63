import type { Stage } from '../stage.ts'
import type { TaintKind } from '../taint.ts'
import type { World } from '../world.ts'

/** What sort of fault a line opens: the value of the fact `kind` of the fault findings. */
export type FaultKind =
  | 'panic'
  | 'hyp-panic'
  | 'oops'
  | 'bug'
  | 'warn'
  | 'serror'
  | 'atomic'
  | 'hung-task'
  | 'soft-lockup'
  | 'hard-lockup'
  | 'rcu-stall'
  | 'workqueue-stall'
  | 'kasan'
  | 'kfence'
  | 'kcsan'
  | 'ubsan'
  | 'corruption'
  | 'lockdep'
  | 'oom'
  | 'no-root'
  | 'no-init'
  | 'assert'
  | 'exception'
  | 'load-failure'
  | 'hang'
  | 'reset-loop'
  | 'flood'

/** One line that kernel or firmware is known to print, and what it tells. */
export interface Signature {
  /** Stable, `<area>.<name>`. */
  id: string
  /** Anchored at the start of the message (the printk prefix is gone); no lookaround, so that grep -E can be given the same. */
  pattern: RegExp
  world: World
  /** `stage`: part of a boot begins; `positive`, `negative`: speaks for or against a finding; `fault`: something broke; `order`: proves when something ran; `fact`: anything else. */
  kind: 'stage' | 'positive' | 'negative' | 'fault' | 'order' | 'fact'
  /** Versions whose source or real log has this text; others may have it too. */
  known: readonly string[]
  /** Where the text comes from, with the line in 6.18.5 for the kernel. */
  source: string
  /** The stage that begins with this line. */
  stage?: Stage
  fault?: FaultKind
  /** The damage to the console that the line tells of. */
  taint?: TaintKind
}

/** The kernels whose sources were read for this catalogue. */
export const kernels = ['6.12.117', '6.18.5', '7.3.4'] as const
/** Those, and the oldest that `hyplab inspect` answers for. */
export const since515 = ['5.15', ...kernels] as const
