import type { Finding } from '../../finding.ts'
import { cite } from '../../evidence/cite.ts'
import { askedMode, takeoverOf } from '../kvm-mode.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import { isBefore, type Seen } from '../seen.ts'
import { firstTalk } from './first-talk.ts'
import { momentOf, when } from './timeline.ts'

/**
 * Rests on the order of lines in one console: the driver's first word (`ARM FF-A: Driver version`, printed right after
 * FFA_VERSION came back) or, without it, the initcall or probe that did the work, against `calling kvm_arm_init`, inside
 * which SMCs begin to trap. Until 7.1 the work is done in ffa_init; since 7.2 ffa_init only registers a platform driver
 * and the `probe of arm-ffa` does it (drivers/firmware/arm_ffa/driver.c). Fails where FF-A came first although pKVM then
 * took over: RXTX buffers and the version were agreed behind the hypervisor's back.
 */
export function ffaBeforeKvm(seen: Seen): Finding {
  const id = 'order.ffa-before-kvm'
  if (seen.symbol('ARM_FFA_TRANSPORT') === 'n') return skip(id, 'The kernel is built without the FF-A driver.')
  const talk = firstTalk(seen)
  const calling = seen.first('initcall.calling', { function: 'kvm_arm_init' })
  const facts = known({
    ffa_by: talk?.by,
    ffa_built: talk?.built,
    ffa_at: talk?.line.match.at,
    kvm_at: calling?.match.at,
    finalize_at: seen.first('initcall.calling', { function: 'finalize_pkvm' })?.match.at,
  })
  const asked = askedMode(seen)
  if (asked === 'unknown')
    return unknown(id, 'The log does not show whether protected mode was asked for.', talk?.evidence.map(cite), facts)
  if (asked !== 'protected')
    return skip(
      id,
      'Protected mode was not asked for, so no hypervisor stands between FF-A and the firmware.',
      [],
      facts,
    )
  if (!talk) return unknown(id, noTalk(seen), seen.all('probe.returned', { device: 'arm-ffa' }).map(cite), facts)
  const takeover = takeoverOf(seen)
  const evidence = [...talk.evidence, calling, takeover?.mode].filter((line) => line !== undefined)
  if (!takeover) return unknown(id, 'No line of the log says that pKVM took over.', evidence.map(cite), facts)
  const who = `FF-A (${talk.by}${talk.built ? `, ${talk.built}` : ''})`
  const start = calling ?? takeover.mode
  if (isBefore(talk.line, start))
    return fail(
      id,
      `${who} talked to the firmware at ${when(momentOf(talk.line))}, before ${calling ? 'kvm_arm_init ran' : 'pKVM was up'} at ${when(momentOf(start))}: pKVM did not see it.`,
      [cite(talk.line), ...evidence.filter((line) => line !== talk.line).map(cite)],
      facts,
    )
  if (isBefore(takeover.mode, talk.line))
    return pass(
      id,
      `${who} first talked at ${when(momentOf(talk.line))}, after pKVM took over at ${when(momentOf(takeover.mode))}.`,
      [cite(talk.line), ...evidence.filter((line) => line !== talk.line).map(cite)],
      facts,
    )
  return unknown(
    id,
    `${who} and kvm_arm_init ran at the same time; the log does not order them.`,
    evidence.map(cite),
    facts,
  )
}

function noTalk(seen: Seen): string {
  if (seen.all('probe.returned', { device: 'arm-ffa' }).length > 0)
    return 'The probe of arm-ffa was deferred and did not come back, so FF-A never talked to anyone.'
  return 'No line of the log shows the FF-A driver starting.'
}
