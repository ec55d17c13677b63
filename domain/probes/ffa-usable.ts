import type { Evidence } from '../evidence.ts'
import type { Finding } from '../finding.ts'
import { cite, citeRecord } from './cite.ts'
import { askedMode, takeoverOf, type Takeover } from './kvm-mode.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { RecordOf, Seen } from './seen.ts'

type Call = RecordOf<'ffa-call'>

const id = 'ffa.usable'

/** Of FFA_FEATURES, the question for direct requests. Calls that every FF-A 1.1 implementation answers and that pKVM passes on or handles (arch/arm64/kvm/hyp/nvhe/ffa.c); a refused one decides. */
const required = ['FFA_ID_GET', 'FFA_FEATURES', 'FFA_PARTITION_INFO_GET']

/**
 * Whether FF-A works where it counts. Rests on nothing but calls that our probe module made after pKVM took over
 * (without pKVM: at any time), and came back with; never on a log that looks healthy. Calls after an FFA_VERSION of
 * the probe's own would say nothing, because that call makes pKVM negotiate and so hides the very bug.
 *
 * On failure the facts tell the layer: `not-negotiated`, pKVM has seen no FFA_VERSION and refuses everything with
 * INVALID_PARAMETERS (kvm_host_ffa_handler(), has_version_negotiated; 6.18.5 ffa.c:886); `blocked-by-proxy`,
 * NOT_SUPPORTED, the call is on pKVM's block list (ffa_call_supported()); `firmware`, the answer came from further down.
 */
export function usable(seen: Seen): Finding {
  const all = seen.records('ffa-call')
  const healed = all.findIndex(({ body }) => body.name === 'FFA_VERSION')
  const calls = healed < 0 ? all : all.slice(0, healed)
  if (calls.length === 0) return noCalls(seen, all)
  const isProtected = askedMode(seen) === 'protected'
  const takeover = takeoverOf(seen)
  if (isProtected && !takeover)
    return unknown(
      id,
      'FF-A calls were made, but no line of the log says that pKVM took over before.',
      calls.map(citeRecord),
    )
  const counted = takeover ? calls.filter(({ body }) => takeover.at === undefined || body.at > takeover.at) : calls
  const asked = counted.filter(
    ({ body }) => required.includes(body.name) && (body.about ?? 'DIRECT_REQ') === 'DIRECT_REQ',
  )
  const [first, ...rest] = asked
  if (!first)
    return unknown(
      id,
      `None of ${required.join(', ')} was called${takeover ? ' after pKVM took over' : ''}.`,
      calls.map(citeRecord),
    )
  const refused = firstRefused(asked)
  const when = takeover ? 'after pKVM took over' : 'without pKVM'
  if (!refused) {
    const names = asked.map(({ body }) => body.name).join(', ')
    const evidence = takeover ? [cite(takeover.mode)] : []
    return pass(
      id,
      `FF-A works: ${names} came back ${when}.`,
      [citeRecord(first), ...rest.map(citeRecord), ...evidence],
      { calls: asked.length },
    )
  }
  return failed(seen, refused, asked, takeover, when)
}

/** FFA_FEATURES answers NOT_SUPPORTED for a feature that is not there: an answer, unless FFA_ID_GET got none either. */
function firstRefused(calls: Call[]): Call | undefined {
  const answered = calls.some(({ body }) => body.name === 'FFA_ID_GET' && body.errno === 0)
  return calls.find(({ body }) => {
    if (body.errno === 0) return false
    return !(answered && body.name === 'FFA_FEATURES' && body.status === 'NOT_SUPPORTED')
  })
}

function failed(seen: Seen, refused: Call, calls: Call[], takeover: Takeover | undefined, when: string): Finding {
  const { name, status, errno } = refused.body
  const cause = causeOf(refused, calls, takeover)
  const claim = seen.last('ffa.firmware-version')
  const version = claim && `${claim.match.groups['major']}.${claim.match.groups['minor']}`
  const why = {
    'not-negotiated': 'pKVM has negotiated no FF-A version with the kernel and refuses every call',
    'no-host-buffers': 'pKVM knows no RX/TX buffers of the kernel: they were mapped behind its back',
    'blocked-by-proxy': "pKVM's FF-A proxy does not let this call pass",
    firmware: 'the answer came from the firmware',
  }[cause]
  const although = claim ? `, although the boot log says that firmware version ${version} was found` : ''
  const others = calls.filter((call) => call !== refused)
  const context: Evidence[] = [...(claim ? [cite(claim)] : []), ...(takeover ? [cite(takeover.mode)] : [])]
  return fail(
    id,
    `FF-A cannot be used: ${name} ${when} gave ${status} (${errno})${although}; ${why}.`,
    [citeRecord(refused), ...others.map(citeRecord), ...context],
    known({ errno, status, call: name, cause, claimed: version }),
  )
}

function causeOf(
  { body }: Call,
  calls: Call[],
  takeover: Takeover | undefined,
): 'not-negotiated' | 'no-host-buffers' | 'blocked-by-proxy' | 'firmware' {
  if (!takeover) return 'firmware'
  if (body.status === 'INVALID_PARAMETERS' && calls.every((call) => call.body.status === 'INVALID_PARAMETERS'))
    return 'not-negotiated'
  if (body.status === 'NOT_SUPPORTED') return 'blocked-by-proxy'
  // do_ffa_part_get() answers BUSY where host_buffers.rx is not set (6.18.5 ffa.c:822).
  if (body.status === 'BUSY' && body.name === 'FFA_PARTITION_INFO_GET') return 'no-host-buffers'
  return 'firmware'
}

function noCalls(seen: Seen, healed: Call[]): Finding {
  if (healed.length > 0)
    return unknown(
      id,
      'The probe sent FFA_VERSION first, which hides the bug that it looks for.',
      healed.map(citeRecord),
    )
  const module = seen.records('module').find(({ body }) => /ffa[-_]probe/.test(body.name) && body.rc !== 0)
  if (module)
    return unknown(id, `The probe module could not be loaded (${module.body.rc}), so no FF-A call was made.`, [
      citeRecord(module),
    ])
  const could = seen.records('could-not').find(({ body }) => /ff-?a/i.test(body.what))
  if (could) return unknown(id, `No FF-A call was made: ${could.body.what}: ${could.body.why}.`, [citeRecord(could)])
  if (seen.symbol('ARM_FFA_TRANSPORT') === 'n')
    return skip(id, 'The kernel is built without the FF-A driver and no call was made.')
  return unknown(id, 'No FF-A call was made by our probe, so nothing shows whether FF-A works.')
}
