import type { Evidence } from '../../evidence/evidence.ts'
import type { Finding } from '../../finding.ts'
import { passagesOf } from '../../smc/passage.ts'
import { cite } from '../../evidence/cite.ts'
import { citeCall } from '../cite-smc.ts'
import { askedMode, takeoverOf } from '../kvm-mode.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import type { Seen } from '../seen.ts'
import { firstTalk } from './first-talk.ts'
import { citeMoment, initcallOf, momentOf, timelineOf, when } from './timeline.ts'

/**
 * Whether pKVM had been told an FF-A version when load_uefi_certs (late_initcall, security/integrity/platform_certs/
 * load_uefi.c) asked the firmware for its keys: EDK2 sends such calls over FF-A itself, from the kernel's context, and
 * pKVM refuses them before that (arch/arm64/kvm/hyp/nvhe/ffa.c kvm_host_ffa_handler()). Where a trace shows that it let them
 * pass, that counts, and not the order. It says nothing of firmware whose variables do not travel over FF-A. Facts: `certs_at`, `ffa_at`, and `cause` of a fail: `bypassed` (FF-A was talked past
 * pKVM), `later`, `never`.
 */
export function uefiCerts(seen: Seen): Finding {
  const id = 'order.uefi-certs'
  if (seen.symbol('LOAD_UEFI_KEYS') === 'n') return skip(id, 'The kernel is built without keys from UEFI.')
  const timeline = timelineOf(seen)
  const certs = timeline && initcallOf(timeline, 'load_uefi_certs')?.called
  if (!timeline) return unknown(id, 'The log shows no initcalls, so not when load_uefi_certs ran.')
  if (!certs) return skip(id, 'This kernel has no load_uefi_certs.')
  const asked = askedMode(seen)
  const facts = { certs_at: certs.at }
  if (asked === 'unknown') return unknown(id, 'The log does not show whether protected mode was asked for.')
  if (asked !== 'protected')
    return skip(id, 'Without protected mode no FF-A version has to be agreed first.', [], known(facts))
  const takeover = takeoverOf(seen)
  const proof = citeMoment(timeline, certs)
  if (!takeover) return unknown(id, 'No line of the log says that pKVM took over.', [proof], known(facts))
  const ran = `load_uefi_certs ran at ${when(certs)}`
  const through = letThrough(seen)
  if (through)
    return pass(id, `${ran}, and pKVM let the calls of EFI runtime code pass.`, [proof, through], known(facts))
  const talk = firstTalk(seen)
  const evidence = [cite(takeover.mode), ...(talk ? [cite(talk.line)] : [])]
  if (!talk)
    return fail(
      id,
      `${ran}, and pKVM was never told an FF-A version.`,
      [proof, ...evidence],
      known({ ...facts, cause: 'never' }),
    )
  const at = momentOf(talk.line)
  const told = known({ ...facts, ffa_at: at.at })
  if (at.line < momentOf(takeover.mode).line)
    return fail(
      id,
      `${ran}, and pKVM knew no FF-A version: the driver had agreed on one past it, at ${when(at)}.`,
      [proof, ...evidence],
      { ...told, cause: 'bypassed' },
    )
  if (at.line < certs.line)
    return pass(id, `${ran}, after FF-A was agreed with pKVM at ${when(at)}.`, [proof, ...evidence], told)
  return fail(id, `${ran}, before FF-A was agreed with pKVM at ${when(at)}.`, [proof, ...evidence], {
    ...told,
    cause: 'later',
  })
}

/** A call of EFI runtime code that pKVM passed on, where the trace shows none that it refused. */
function letThrough(seen: Seen): Evidence | undefined {
  const passages = passagesOf(seen.shown.smc ?? []).filter(({ call }) => call.caller === 'EFI runtime' && call.to === 2)
  const passed = passages.find(({ course, answer }) => course === 'forwarded' && answer?.ok)
  return passed && passages.every(({ course }) => course !== 'refused') ? citeCall(passed.call) : undefined
}
