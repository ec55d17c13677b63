import { counted } from '../../counted.ts'
import type { Finding } from '../../finding.ts'
import type { Passage } from '../../smc/passage.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { citeCall } from '../cite-smc.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import { askedAfterTakeover, lastCall } from './records.ts'
import { mappedBehind, needBuffers } from './rxtx.ts'
import { functionOf, isFunction, noRule, withoutPkvm, notTraced, trappedOf } from './traced.ts'
import type { Traced, View } from './traced.ts'

const id = 'ffa-path.refused'

/**
 * Whether pKVM refused FF-A calls by itself: they were trapped, and no call from EL2 to EL3 follows before the error goes
 * back. Rests on the trace. NOT_SUPPORTED is pKVM's block list (ffa_call_supported() in nvhe/ffa.c) and is counted as
 * `blocked`, not as a failure; of FFA_FEATURES it is a plain answer. Without a trace it rests on our probe module's calls.
 */
export function refused(view: View): Finding {
  const none = withoutPkvm(id, view)
  if (none) return none
  return view.traced ? byTrace(view.traced) : byRecords(view)
}

function byTrace(traced: Traced): Finding {
  const { rule } = traced
  if (!rule) return unknown(id, noRule)
  const trapped = trappedOf(traced)
  const [some] = trapped
  if (!some) return skip(id, 'No FF-A call was made that pKVM could refuse.', [citeCall(rule)])
  const alone = trapped.filter(({ course }) => course === 'refused')
  const blocked = alone.filter((passage) => isBlocked(passage) && !isFunction(passage, 'FFA_FEATURES'))
  const bad = alone.filter((passage) => !isBlocked(passage))
  const facts = known({
    trapped: trapped.length,
    forwarded: trapped.filter(({ course }) => course === 'forwarded').length,
    refused: bad.length,
    blocked: blocked.length,
    blocked_calls: [...new Set(blocked.map(functionOf))].join(' ') || undefined,
  })
  const [first] = bad
  if (!first) {
    const notes = blocked[0] ? `; ${counted(blocked.length, 'call')} blocked (${facts['blocked_calls']})` : ''
    const evidence = blocked[0] ? [citeCall(blocked[0].call)] : []
    return pass(
      id,
      `pKVM refused none of ${counted(trapped.length, 'FF-A call')}${notes}.`,
      [citeCall(some.call), ...evidence],
      facts,
    )
  }
  const groups = Map.groupBy(bad, ({ call }) => call.caller ?? 'unknown code')
  const whose = [...groups].map(([caller, calls]) => `${calls.length} of ${caller}`).join(', ')
  const perCaller = Object.fromEntries([...groups].map(([caller, calls]) => [`refused.${caller}`, calls.length]))
  const status = first.answer?.status ?? ''
  return fail(
    id,
    `pKVM refused ${counted(bad.length, 'FF-A call')} by itself (${whose}), first ${functionOf(first)} with ${status}.`,
    [citeCall(first.call), ...[...groups.values()].slice(1).map(([one]) => citeCall((one ?? first).call))],
    {
      ...facts,
      ...perCaller,
      ...known({ status, call: functionOf(first), cause: causeOf(bad, trapped) ?? bufferless(bad, traced) }),
    },
  )
}

function isBlocked({ answer }: Passage): boolean {
  return answer?.status === 'NOT_SUPPORTED'
}

/** `no-host-buffers`: every refused call needs RX/TX buffers, and those were mapped behind pKVM's back. */
function bufferless(bad: Passage[], traced: Traced): string | undefined {
  const all = bad.every((passage) => needBuffers.includes(functionOf(passage)))
  return all && mappedBehind(traced) ? 'no-host-buffers' : undefined
}

/** `not-negotiated`: every refusal is INVALID_PARAMETERS, and came before pKVM agreed to an FFA_VERSION or let a call pass. */
function causeOf(bad: Passage[], trapped: Passage[]): string | undefined {
  const open = trapped.find(
    (passage) => passage.answer?.ok && (passage.course === 'forwarded' || isFunction(passage, 'FFA_VERSION')),
  )
  const early = bad.every(({ call }) => open === undefined || call.entry < open.call.entry)
  return early && bad.every(({ answer }) => answer?.status === 'INVALID_PARAMETERS') ? 'not-negotiated' : undefined
}

function byRecords({ seen }: View): Finding {
  const asked = askedAfterTakeover(seen)
  const call = asked && lastCall(asked, 'FFA_ID_GET')
  // FFA_ID_GET has no parameters that firmware could find invalid: that answer is pKVM's own.
  if (!call || call.body.status !== 'INVALID_PARAMETERS') return unknown(id, notTraced)
  const same = asked.calls.filter(({ body }) => body.status === 'INVALID_PARAMETERS')
  return fail(
    id,
    `pKVM refused ${counted(same.length, 'FF-A call')} of our probe module; which others it refused does not show without a trace.`,
    [citeRecord(call), ...same.filter((one) => one !== call).map(citeRecord), cite(asked.takeover)],
    { status: call.body.status, call: call.body.name, cause: 'not-negotiated' },
  )
}
