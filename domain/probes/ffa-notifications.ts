import type { Finding } from '../finding.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { countedCalls, isFinding, type Call } from './ffa-calls.ts'
import { refusalOf, refusals } from './ffa-refusal.ts'
import { fail, known, pass, unknown } from './outcome.ts'
import type { Seen } from './seen.ts'

const id = 'ffa.notifications'

/**
 * Whether notifications can be had. Rests on FFA_NOTIFICATION_BITMAP_CREATE of our probe for the kernel's own endpoint:
 * SUCCESS (it is destroyed again), or DENIED, since the driver has one already (DEN0077A 16.3). FFA_FEATURES alone proves
 * nothing: pKVM passes the question for the interrupts SRI and NPI on and blocks the calls (ffa_call_supported() and the
 * default case of do_ffa_features(), 6.18.5 ffa.c), so that the driver believes in notifications that never come. Where
 * no call was made, the driver's own word tells that it runs without (ffa_notifications_setup(), driver.c:1999): it asks for
 * an interrupt besides, which OP-TEE at S-EL1 has none of, and proves nothing either.
 */
export function notifications(seen: Seen): Finding {
  const counted = countedCalls(seen, id)
  if (isFinding(counted)) return withoutCalls(seen, counted)
  const call = counted.calls.find(({ body }) => body.name === 'FFA_NOTIFICATION_BITMAP_CREATE')
  if (!call) return unknown(id, `FFA_NOTIFICATION_BITMAP_CREATE was not called ${counted.when}.`)
  const features = counted.calls.filter(({ body }) => body.about === 'SRI' || body.about === 'NPI')
  const facts = { sri: interruptOf(features, 'SRI'), npi: interruptOf(features, 'NPI') }
  const said = seen.last('ffa.notifications-off')
  const { status, errno } = call.body
  const evidence = [...features.map(citeRecord), ...(said ? [cite(said)] : []), ...counted.evidence]
  if (errno === 0 || status === 'DENIED') {
    const bitmap = errno === 0 ? 'created' : 'there'
    const how = errno === 0 ? 'was created for us and destroyed again' : 'is there already'
    const sentence = `Notifications can be had: the bitmap of the kernel's endpoint ${how} ${counted.when}.`
    return pass(id, sentence, [citeRecord(call), ...evidence], known({ ...facts, bitmap }))
  }
  const cause = refusalOf(call.body, counted)
  const promised = facts.sri === undefined ? '' : ', although FFA_FEATURES names an interrupt for them'
  return fail(
    id,
    `Notifications cannot be had: ${call.body.name} ${counted.when} gave ${status} (${errno})${promised}; ${refusals[cause]}.`,
    [citeRecord(call), ...evidence],
    known({ ...facts, errno, status, cause }),
  )
}

function withoutCalls(seen: Seen, finding: Finding): Finding {
  const said = finding.outcome === 'unknown' ? seen.last('ffa.notifications-off') : undefined
  if (!said) return finding
  const errno = Number(said.match.groups['errno'])
  if (said.match.message.includes('bitmap create'))
    return fail(
      id,
      `The kernel has no notifications: FFA_NOTIFICATION_BITMAP_CREATE of its driver failed (${errno}).`,
      [cite(said)],
      {
        errno,
        cause: 'not-set-up',
      },
    )
  return unknown(
    id,
    `The kernel's driver could not set notifications up (${errno}) and runs without; no call shows whether they can be had.`,
    [cite(said)],
    { errno },
  )
}

/** The interrupt's number, in w2 of the answer (DEN0077A 13.3). */
function interruptOf(calls: Call[], feature: string): number | undefined {
  const call = calls.find(({ body }) => body.about === feature && body.errno === 0)
  return call && Number(call.body.response[2])
}
