import type { Finding } from '../../finding.ts'
import type { Passage } from '../../smc/passage.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { citeCall } from '../cite-smc.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import { askedAfterTakeover, lastCall } from './records.ts'
import { functionOf, isFunction, noRule, withoutPkvm, notTraced, ofTheSystem, trappedOf } from './traced.ts'
import type { Traced, View } from './traced.ts'

const id = 'ffa-path.rxtx'

/** What pKVM answers out of the buffers that it was told of (host_buffers in arch/arm64/kvm/hyp/nvhe/ffa.c, 6.18.5). */
export const needBuffers = [
  'FFA_PARTITION_INFO_GET',
  'FFA_MEM_SHARE',
  'FFA_MEM_LEND',
  'FFA_MEM_RECLAIM',
  'FFA_MEM_FRAG_TX',
  'FFA_RXTX_UNMAP',
]

/**
 * Whether pKVM knows the RX/TX buffers of its host. Rests on the trace: an FFA_RXTX_MAP that went straight to EL3 gave the
 * host's pages to the SPMC behind pKVM's back, and what needs them fails at EL2 even once a version is negotiated.
 * Without a trace it rests on FFA_PARTITION_INFO_GET of our probe module after pKVM took over: do_ffa_part_get() answers
 * BUSY where no RX buffer is known (6.18.5 ffa.c:822), and can succeed only where one is.
 */
export function rxtx(view: View): Finding {
  const none = withoutPkvm(id, view)
  if (none) return none
  return view.traced ? byTrace(view.traced) : byRecords(view)
}

function byTrace(traced: Traced): Finding {
  const { rule } = traced
  if (!rule) return unknown(id, noRule)
  const maps = ofTheSystem(traced).filter((passage) => isFunction(passage, 'FFA_RXTX_MAP'))
  const [first] = maps
  if (!first) return skip(id, 'No RX/TX buffers were mapped.', [citeCall(rule)])
  const good = maps.find(({ call, answer }) => call.to === 2 && answer?.ok)
  if (good) return pass(id, 'The RX/TX buffers were mapped through pKVM.', [citeCall(good.call)])
  const bypassed = mappedBehind(traced)
  if (!bypassed) {
    const status = first.answer?.status ?? 'no answer'
    return fail(id, `The RX/TX buffers could not be mapped (${status}).`, [citeCall(first.call)], { status })
  }
  const broken = trappedOf(traced).filter(
    (passage) => needBuffers.includes(functionOf(passage)) && passage.answer?.ok === false,
  )
  return fail(
    id,
    `RX/TX buffers were mapped behind pKVM's back, straight at EL3: it cannot answer what needs them; ${whatBroke(broken, passes(traced))}.`,
    [citeCall(bypassed.call), citeCall(rule), ...broken.slice(0, 3).map(({ call }) => citeCall(call))],
    known({ broke: broken.length, breaks: [...new Set(broken.map(functionOf))].join(' ') || undefined }),
  )
}

/** The RXTX_MAP that gave the host's pages to the SPMC without pKVM; undefined where there was none, or one through pKVM. */
export function mappedBehind(traced: Traced): Passage | undefined {
  const maps = ofTheSystem(traced).filter((passage) => isFunction(passage, 'FFA_RXTX_MAP') && passage.answer?.ok)
  return maps.some(({ call }) => call.to === 2) ? undefined : maps.find(({ course }) => course === 'direct')
}

/** Whether pKVM lets calls pass, so that one which it refuses is not refused for want of a version. */
function passes(traced: Traced): boolean {
  return trappedOf(traced).some(({ course, answer }) => course === 'forwarded' && answer?.ok)
}

function whatBroke(broken: Passage[], negotiated: boolean): string {
  const [first] = broken
  if (!first) return 'nothing of that was called since'
  const names = [...new Set(broken.map(functionOf))].join(', ')
  const status = first.answer?.status ?? 'no answer'
  const why =
    status === 'INVALID_PARAMETERS' && !negotiated ? ', for want of a version even before the buffers counted' : ''
  return `since then ${names} failed (${status}${why})`
}

function byRecords({ seen }: View): Finding {
  const line = seen.all('ffa.failed').find(({ match }) => /RxTx buffers/.test(match.message))
  if (line) return fail(id, 'The driver could not register its RX/TX buffers.', [cite(line)])
  const asked = askedAfterTakeover(seen)
  const call = asked && lastCall(asked, 'FFA_PARTITION_INFO_GET')
  if (!call) return unknown(id, notTraced)
  const evidence = [citeRecord(call), cite(asked.takeover)] as const
  const { errno, status } = call.body
  if (errno === 0)
    return pass(id, 'pKVM answered FFA_PARTITION_INFO_GET, so it knows the RX/TX buffers.', [...evidence])
  if (status === 'BUSY')
    return fail(id, 'pKVM knows no RX/TX buffers: FFA_PARTITION_INFO_GET is BUSY.', [...evidence], { status })
  return unknown(
    id,
    `FFA_PARTITION_INFO_GET gave ${status}, which does not tell whether pKVM knows the RX/TX buffers.`,
    [...evidence],
  )
}
