import type { Evidence } from '../evidence/evidence.ts'
import type { Finding } from '../finding.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { countedCalls, isFinding, type Call, type CountedCalls } from './ffa-calls.ts'
import { ffaGaveUp } from './ffa-gave-up.ts'
import { refusalOf, refusals } from './ffa-refusal.ts'
import { fail, known, pass, unknown } from './outcome.ts'
import type { Seen } from './seen.ts'

const id = 'ffa.usable'

/** Calls that every FF-A 1.1 implementation answers and that pKVM passes on or handles (arch/arm64/kvm/hyp/nvhe/ffa.c); a refused one decides. */
const required = ['FFA_ID_GET', 'FFA_FEATURES', 'FFA_PARTITION_INFO_GET']

/**
 * Whether FF-A works where it counts. Rests on nothing but calls that our probe module made after pKVM took over
 * (without pKVM: at any time), and came back with; never on a log that looks healthy. Of its questions to FFA_FEATURES only
 * the one for direct requests counts. On failure the facts tell the layer, see `refusalOf`. Where no call was made, a
 * driver that says that it gave up decides: nobody in the kernel has FF-A then.
 */
export function usable(seen: Seen): Finding {
  const counted = countedCalls(seen, id)
  if (isFinding(counted)) return withoutCalls(seen, counted)
  const asked = counted.calls.filter(
    ({ body }) => required.includes(body.name) && (body.about ?? 'DIRECT_REQ') === 'DIRECT_REQ',
  )
  const [first, ...rest] = asked
  if (!first)
    return unknown(id, `None of ${required.join(', ')} was called ${counted.when}.`, counted.calls.map(citeRecord))
  const refused = firstRefused(asked)
  if (refused) return failed(seen, refused, asked, counted)
  const names = asked.map(({ body }) => body.name).join(', ')
  return pass(
    id,
    `FF-A works: ${names} came back ${counted.when}.`,
    [citeRecord(first), ...rest.map(citeRecord), ...counted.evidence],
    { calls: asked.length },
  )
}

function withoutCalls(seen: Seen, finding: Finding): Finding {
  const gaveUp = finding.outcome === 'unknown' ? ffaGaveUp(seen) : undefined
  if (!gaveUp) return finding
  const why = gaveUp.match.groups['why'] ?? ''
  const claim = seen.last('ffa.firmware-version')
  return fail(
    id,
    `FF-A cannot be used: the kernel's driver gave up (${why}).`,
    [cite(gaveUp), ...(claim ? [cite(claim)] : [])],
    { cause: 'driver-gave-up', why },
  )
}

/** FFA_FEATURES answers NOT_SUPPORTED for a feature that is not there: an answer, unless FFA_ID_GET got none either. */
function firstRefused(calls: Call[]): Call | undefined {
  const answered = calls.some(({ body }) => body.name === 'FFA_ID_GET' && body.errno === 0)
  return calls.find(({ body }) => {
    if (body.errno === 0) return false
    return !(answered && body.name === 'FFA_FEATURES' && body.status === 'NOT_SUPPORTED')
  })
}

function failed(seen: Seen, refused: Call, asked: Call[], counted: CountedCalls): Finding {
  const { name, status, errno } = refused.body
  const cause = refusalOf(refused.body, { ...counted, calls: asked })
  const claim = seen.last('ffa.firmware-version')
  const version = claim && `${claim.match.groups['major']}.${claim.match.groups['minor']}`
  const although = claim ? `, although the boot log says that firmware version ${version} was found` : ''
  const others = asked.filter((call) => call !== refused)
  const context: Evidence[] = [...(claim ? [cite(claim)] : []), ...counted.evidence]
  return fail(
    id,
    `FF-A cannot be used: ${name} ${counted.when} gave ${status} (${errno})${although}; ${refusals[cause]}.`,
    [citeRecord(refused), ...others.map(citeRecord), ...context],
    known({ errno, status, call: name, cause, claimed: version }),
  )
}
