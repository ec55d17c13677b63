import type { SmcEvidence } from '../evidence/evidence.ts'
import type { SmcCall } from '../smc/call.ts'
import { describeCall } from '../smc/describe-call.ts'

/** A traced call as evidence. */
export function citeCall(call: SmcCall): SmcEvidence {
  return { kind: 'smc', from: call.entry, to: call.entry, text: describeCall(call) }
}
