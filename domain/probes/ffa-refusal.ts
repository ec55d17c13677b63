import type { FfaCallBody } from '../records/record.ts'
import type { CountedCalls } from './ffa-calls.ts'

/** Who refused an FF-A call, and why. */
export type Refusal =
  | 'not-negotiated'
  | 'no-host-buffers'
  | 'blocked-by-proxy'
  | 'refused-by-proxy'
  | 'no-such-partition'
  | 'refused-by-spmc'

/** The second half of a sentence for each. */
export const refusals: Record<Refusal, string> = {
  'not-negotiated': 'pKVM has negotiated no FF-A version with the kernel and refuses every call',
  'no-host-buffers': 'pKVM knows no RX/TX buffers of the kernel: they were mapped behind its back',
  'blocked-by-proxy': "pKVM's FF-A proxy does not let this call pass",
  'refused-by-proxy': "pKVM's FF-A proxy handled this call and refused it",
  'no-such-partition': 'no partition has that id',
  'refused-by-spmc': 'the answer came from the firmware',
}

/**
 * Who refused a call. The order matters: pKVM looks whether a version was negotiated before it looks at its list of blocked
 * calls (kvm_host_ffa_handler(), arch/arm64/kvm/hyp/nvhe/ffa.c), so a call that it would block gives INVALID_PARAMETERS
 * (-22) as all others do, until one is; only then NOT_SUPPORTED (-95).
 *
 * pKVM's own answers are told from the firmware's by the upper half of x2: pKVM stores its negative status as 64 bits
 * (ffa_to_smccc_error(), u64), TF-A and OP-TEE as the 32 that DEN0077A asks for (spmd_ffa_error_return()).
 */
export function refusalOf(call: FfaCallBody, { calls, takeover, listed }: CountedCalls): Refusal {
  if (takeover) {
    if (calls.every(({ body }) => body.status === 'INVALID_PARAMETERS')) return 'not-negotiated'
    if (isWide(call)) return byProxy(call)
  }
  return !listed.has(receiverOf(call)) && isLikeToNobody(call, calls) ? 'no-such-partition' : 'refused-by-spmc'
}

function byProxy({ name, status }: FfaCallBody): Refusal {
  if (status === 'NOT_SUPPORTED') return 'blocked-by-proxy'
  // do_ffa_part_get() answers BUSY where host_buffers.rx is not set (6.18.5 ffa.c:822).
  if (status === 'BUSY' && name === 'FFA_PARTITION_INFO_GET') return 'no-host-buffers'
  return 'refused-by-proxy'
}

/** The id that a direct message is addressed to: the lower half of w1 (DEN0077A, FFA_MSG_SEND_DIRECT_REQ). */
export function receiverOf({ request }: FfaCallBody): number {
  return Number(BigInt(request[1] ?? '0x0') & 0xffffn)
}

/** The same answer as our message got that is addressed to an id which no partition has. */
function isLikeToNobody({ name, status }: FfaCallBody, calls: CountedCalls['calls']): boolean {
  if (!name.startsWith('FFA_MSG_SEND_DIRECT_REQ') || status !== 'INVALID_PARAMETERS') return false
  return calls.some(({ body }) => body.about === 'nobody' && body.status === status)
}

function isWide({ response }: FfaCallBody): boolean {
  return BigInt(response[2] ?? '0x0') > 0xffff_ffffn
}
