import { counted } from '../../counted.ts'
import type { Finding } from '../../finding.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { citeCall } from '../cite-smc.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import { askedAfterTakeover, lastCall } from './records.ts'
import { isFunction, noRule, withoutPkvm, notTraced, ofTheSystem, trappedOf, type Traced, type View } from './traced.ts'

const id = 'ffa-path.version'

/**
 * Whether pKVM ever saw an FFA_VERSION of its host: until then it answers every other FF-A call with INVALID_PARAMETERS
 * (kvm_host_ffa_handler(), has_version_negotiated; arch/arm64/kvm/hyp/nvhe/ffa.c:886 in 6.18.5). Rests on the trace.
 * Without one it rests on FFA_ID_GET of our probe module: it has no parameters that could be invalid, so that answer is
 * pKVM's own, and a success went through it.
 */
export function version(view: View): Finding {
  const none = withoutPkvm(id, view)
  if (none) return none
  return view.traced ? byTrace(view.traced) : byRecords(view)
}

function byTrace(traced: Traced): Finding {
  const { rule } = traced
  if (!rule) return unknown(id, noRule)
  const trapped = trappedOf(traced)
  const negotiated = trapped.find((passage) => isFunction(passage, 'FFA_VERSION') && passage.answer?.ok)
  const bypassed = ofTheSystem(traced).find(
    (passage) => isFunction(passage, 'FFA_VERSION') && passage.course === 'direct',
  )
  const waiting = negotiated ? trapped.filter(({ call }) => call.entry < negotiated.call.entry) : trapped
  const refused = waiting.filter(({ course }) => course === 'refused')
  const facts = known({
    version: negotiated?.answer?.status,
    bypassed: bypassed?.call.entry,
    refused_before: refused.length,
  })
  if (negotiated) {
    const late = refused[0] ? `, after ${counted(refused.length, 'call')} had been refused for want of it` : ''
    const evidence = refused[0] ? [citeCall(refused[0].call)] : []
    return pass(
      id,
      `pKVM saw FFA_VERSION and negotiated ${negotiated.answer?.status}${late}.`,
      [citeCall(negotiated.call), ...evidence],
      facts,
    )
  }
  const tried = trapped.find((passage) => isFunction(passage, 'FFA_VERSION'))
  if (tried)
    return fail(
      id,
      `pKVM saw FFA_VERSION but did not agree (${tried.answer?.status ?? 'no answer'}).`,
      [citeCall(tried.call)],
      facts,
    )
  const first = trapped[0] ? [citeCall(trapped[0].call)] : []
  if (bypassed)
    return fail(
      id,
      'pKVM never saw FFA_VERSION: it went straight to EL3 before pKVM took over.',
      [citeCall(bypassed.call), citeCall(rule), ...first],
      { ...facts, cause: 'order' },
    )
  if (trapped[0])
    return fail(
      id,
      'pKVM never saw FFA_VERSION: nobody sent it, yet other FF-A calls were made.',
      [citeCall(trapped[0].call), citeCall(rule)],
      { ...facts, cause: 'nobody-asked' },
    )
  return skip(id, 'Neither FFA_VERSION nor any other FF-A call was made.', [citeCall(rule)], facts)
}

function byRecords({ seen }: View): Finding {
  const asked = askedAfterTakeover(seen)
  const call = asked && lastCall(asked, 'FFA_ID_GET')
  if (!call) return unknown(id, notTraced)
  const evidence = [citeRecord(call), cite(asked.takeover)] as const
  const facts = { errno: call.body.errno }
  if (call.body.errno === 0)
    return pass(id, 'pKVM let FFA_ID_GET pass, so it had seen an FFA_VERSION by then.', [...evidence], facts)
  if (call.body.status === 'INVALID_PARAMETERS')
    return fail(
      id,
      'pKVM had seen no FFA_VERSION: it refused FFA_ID_GET, which has no parameters, as invalid.',
      [...evidence],
      { ...facts, cause: 'not-negotiated' },
    )
  return unknown(id, `FFA_ID_GET gave ${call.body.status}, which does not tell what pKVM saw.`, [...evidence], facts)
}
