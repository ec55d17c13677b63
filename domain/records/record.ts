/**
 * What the target's init reports, one JSON object a record. The frame around it is in `frame.ts`.
 * `rc` is 0 or a negative errno as the target saw it (-110 when a fact's time limit ran out).
 * `text` and `names` hold one character for each byte that was read (U+0000..U+00FF), so that no byte is lost. What does
 * not fit one frame comes as `parts` records of the same path, numbered by `part` from 1; `join-parts.ts` joins them.
 * `end.records` counts all records, itself included, so it equals its own sequence number.
 */
export type RecordBody =
  | { fact: 'hello'; init: string; release: string; machine: string; channel: string }
  | { fact: 'mount'; what: string; rc: number }
  | { fact: 'module'; name: string; rc: number }
  | { fact: 'file'; path: string; rc: number; text: string; part?: number; parts?: number }
  | { fact: 'list'; path: string; rc: number; names: string[]; part?: number; parts?: number }
  | { fact: 'link'; path: string; rc: number; target: string }
  | FfaCallBody
  | { fact: 'could-not'; what: string; why: string }
  | { fact: 'end'; records: number }

/** One FF-A call that the probe module made, registers as hex strings x0..x7. */
export interface FfaCallBody {
  fact: 'ffa-call'
  /** e.g. `FFA_ID_GET`. */
  name: string
  /** Kernel clock when the call was made, seconds. */
  at: number
  request: string[]
  response: string[]
  /** `SUCCESS`, or the FF-A status by name, e.g. `INVALID_PARAMETERS`. */
  status: string
  /** The Linux errno for that status: 0, -22, -95, ... */
  errno: number
}

/** A record that arrived whole. */
export interface TargetRecord {
  /** Sequence number given by init, from 1. */
  sequence: number
  body: RecordBody
}
