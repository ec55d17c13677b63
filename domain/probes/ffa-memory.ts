import type { Finding } from '../finding.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { citeCall } from './cite-smc.ts'
import { countedCalls, isFinding, type CountedCalls } from './ffa-calls.ts'
import { mappedBehind } from './ffa-path/rxtx.ts'
import { isFunction, tracedOf, trappedOf } from './ffa-path/traced.ts'
import { refusals, type Refusal } from './ffa-refusal.ts'
import { fail, known, pass, unknown } from './outcome.ts'
import type { RecordOf, Seen } from './seen.ts'

type DriverCall = RecordOf<'ffa-driver'>

const id = 'ffa.memory'

/**
 * Whether memory can be shared and taken back. Rests on one page that our probe shares through the kernel's driver
 * (memory_share in struct ffa_mem_ops, FFA_MEM_SHARE with the driver's TX buffer) with the first partition that takes
 * it, and reclaims. The driver shows an errno and no registers: who refused is told only where the other calls leave one
 * possibility, where the trace shows it, or where OP-TEE says that it does not know the call by which pKVM takes memory back.
 */
export function memory(seen: Seen): Finding {
  const counted = countedCalls(seen, id)
  if (isFinding(counted)) return counted
  const { at: since = 0 } = counted.takeover ?? {}
  const all = seen.records('ffa-driver').filter(({ body }) => body.at > since)
  const shares = all.filter(({ body }) => body.op === 'memory_share')
  const [first, ...others] = shares
  if (!first) {
    const why = seen.records('could-not').find(({ body }) => body.what === 'FFA_MEM_SHARE')
    return unknown(
      id,
      why ? `No memory was shared: ${why.body.why}.` : `No memory was shared ${counted.when}.`,
      why ? [citeRecord(why)] : [],
    )
  }
  const shared = shares.find(({ body }) => body.errno === 0)
  if (!shared) return shareRefused(seen, first, others, counted)
  const reclaim = all.find(({ body }) => body.op === 'memory_reclaim')
  if (!reclaim) return unknown(id, 'A page was shared, and nothing shows that it was taken back.', [citeRecord(shared)])
  if (reclaim.body.errno !== 0) return reclaimRefused(seen, reclaim, shared, counted)
  return pass(
    id,
    `A page was shared with ${shared.body.about} and taken back ${counted.when}.`,
    [citeRecord(shared), citeRecord(reclaim), ...counted.evidence],
    { with: shared.body.about },
  )
}

/** The trace shows whether pKVM refused by itself; without RX/TX buffers of its host it cannot read what is to be shared. */
function shareRefused(seen: Seen, first: DriverCall, others: DriverCall[], counted: CountedCalls): Finding {
  const told = causeOf(counted)
  const traced = told ? undefined : tracedOf(seen)
  const alone =
    traced && trappedOf(traced).find((passage) => isFunction(passage, 'FFA_MEM_SHARE') && passage.course === 'refused')
  if (!alone) return refused('share', first, others, counted, told)
  const behind = mappedBehind(traced)
  const finding = refused('share', first, others, counted, behind ? 'no-host-buffers' : 'refused-by-proxy')
  const calls = [alone, ...(behind ? [behind] : [])].map(({ call }) => citeCall(call))
  return { ...finding, evidence: [...finding.evidence, ...calls] }
}

/** pKVM asks for the description of the memory first, with FFA_MEM_RETRIEVE_REQ (do_ffa_reclaim(), nvhe/ffa.c). */
function reclaimRefused(seen: Seen, reclaim: DriverCall, shared: DriverCall, counted: CountedCalls): Finding {
  const unknownCall = counted.takeover && seen.first('tc.unknown-ffa', { function: '0xc4000074' })
  const cause = unknownCall ? 'refused-by-spmc' : causeOf(counted)
  const finding = refused('reclaim', reclaim, [shared], counted, cause)
  return unknownCall ? { ...finding, evidence: [...finding.evidence, cite(unknownCall)] } : finding
}

function refused(
  step: 'share' | 'reclaim',
  call: DriverCall,
  others: DriverCall[],
  counted: CountedCalls,
  cause: Refusal | undefined,
): Finding {
  const { errno } = call.body
  const why = cause === undefined ? 'who refused it does not show' : refusals[cause]
  const what =
    step === 'share'
      ? 'No memory can be shared: FFA_MEM_SHARE'
      : 'A page was shared but not taken back: FFA_MEM_RECLAIM'
  return fail(
    id,
    `${what} ${counted.when} gave ${errno}; ${why}.`,
    [citeRecord(call), ...others.map(citeRecord), ...counted.evidence],
    known({ step, errno, cause }),
  )
}

function causeOf({ calls, takeover }: CountedCalls): Refusal | undefined {
  if (!takeover) return 'refused-by-spmc'
  return calls.every(({ body }) => body.status === 'INVALID_PARAMETERS') ? 'not-negotiated' : undefined
}
