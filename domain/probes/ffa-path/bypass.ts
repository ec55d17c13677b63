import { counted } from '../../counted.ts'
import type { Finding } from '../../finding.ts'
import { citeCall } from '../cite-smc.ts'
import { fail, pass, skip, unknown } from '../outcome.ts'
import { functionOf, noRule, withoutPkvm, notTraced, ofTheSystem, trappedOf, type View } from './traced.ts'

const id = 'ffa-path.bypass'

/**
 * Whether an FF-A call of the normal world went straight to EL3 although pKVM ruled. Rests on the trace alone. SMCs are
 * trapped from within kvm_arm_init() on (HCR_EL2.TSC, hyp-init.S), core by core: a call of another core in the moment
 * between would count as one that got by.
 */
export function bypass(view: View): Finding {
  const none = withoutPkvm(id, view)
  if (none) return none
  const { traced } = view
  if (!traced) return unknown(id, notTraced)
  const { rule } = traced
  if (!rule) return unknown(id, noRule)
  const later = ofTheSystem(traced).filter(({ call }) => call.entry > rule.entry)
  const straight = later.filter(({ course }) => course === 'direct')
  const [first] = straight
  const facts = { bypassed: straight.length, trapped: trappedOf(traced).length }
  if (first) {
    const others = straight.length > 1 ? `, and ${counted(straight.length - 1, 'other')} after it` : ''
    const sentence = `${functionOf(first)} of ${first.call.caller ?? 'unknown code'} went straight to EL3 after pKVM took over${others}.`
    return fail(id, sentence, [citeCall(first.call), citeCall(rule)], facts)
  }
  const [trapped] = trappedOf(traced)
  if (!trapped) return skip(id, 'No FF-A call was made after pKVM took over.', [citeCall(rule)], facts)
  const before = ofTheSystem(traced).length - later.length
  const earlier = before > 0 ? `; ${counted(before, 'call')} before that went to EL3` : ''
  return pass(
    id,
    `Since pKVM took over all ${counted(facts.trapped, 'FF-A call')} went to EL2${earlier}.`,
    [citeCall(rule), citeCall(trapped.call)],
    { ...facts, before },
  )
}
