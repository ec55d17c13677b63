import type { Evidence } from './evidence/evidence.ts'

export const taintKinds = [
  'second-boot',
  'time-back',
  'garbage',
  'lost',
  'cut',
  'doubled',
  'mixed',
  'console-server',
  'overrun',
  'repeated',
  'escapes',
  'host-contention',
] as const
/**
 * What sort of damage: `second-boot`: the target started again; `time-back`: the kernel's clock went back; `garbage`:
 * bytes that no text has; `lost`: messages that the kernel could not get out; `cut`: a line without its start, or two in
 * one; `doubled`: each byte twice; `mixed`: two worlds in one line; `console-server`: words of what stands between
 * target and us; `overrun`: input that the target did not hear; `repeated`: lines said twice; `escapes`: sequences that
 * do more than colour; `host-contention`: the host gave the target too little time.
 */
export type TaintKind = (typeof taintKinds)[number]

/** Damage to a console, or to what it stands for. */
export interface Taint {
  kind: TaintKind
  /** Whether nothing that was read counts then: the attempt's ending is `tainted`. Otherwise it is only noted. */
  voids: boolean
  /** One sentence. */
  sentence: string
  /** The first of them, at most three. */
  evidence: Evidence[]
  /** How many lines of the console show it. */
  count: number
}

/** At most so many places of one kind are quoted. */
export const quotedPlaces = 3
