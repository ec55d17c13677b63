import type { Evidence } from '../evidence/evidence.ts'
import type { Finding } from '../finding.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { askedMode, takeoverOf, type Takeover } from './kvm-mode.ts'
import { skip, unknown } from './outcome.ts'
import type { RecordOf, Seen } from './seen.ts'

/** An FF-A call of our probe module. */
export type Call = RecordOf<'ffa-call'>

/** The calls of our probe module that say something of FF-A as the kernel has it to use. */
export interface CountedCalls {
  calls: Call[]
  /** Absent without pKVM. */
  takeover?: Takeover
  /** `after pKVM took over` or `without pKVM`. */
  when: string
  /** Ids of the partitions that the partition manager listed when the probe asked, or the driver before. */
  listed: ReadonlySet<number>
  /** The line that says that pKVM took over, where there is one. */
  evidence: Evidence[]
}

/**
 * The calls that count: those made after pKVM took over (without pKVM: all). Calls after an FFA_VERSION of the probe's own
 * would say nothing, because that call makes pKVM negotiate and so hides the very bug.
 * @returns the finding `id` instead, unknown or skipped, where there is no such call
 */
export function countedCalls(seen: Seen, id: string): CountedCalls | Finding {
  const all = seen.records('ffa-call')
  const healed = all.findIndex(({ body }) => body.name === 'FFA_VERSION')
  const calls = healed < 0 ? all : all.slice(0, healed)
  if (calls.length === 0) return noCalls(seen, id, all)
  const takeover = takeoverOf(seen)
  const described = seen.records('ffa-partition')
  const now = described.filter(({ body }) => body.device === 'now')
  // Where the partition manager cannot be asked any more, what the driver was told when it started.
  const asked = calls.some(({ body }) => body.name === 'FFA_PARTITION_INFO_GET' && body.errno === 0)
  const listed = new Set((asked ? now : described).map(({ body }) => body.id))
  if (!takeover) {
    if (askedMode(seen) !== 'protected') return { calls, when: 'without pKVM', listed, evidence: [] }
    const why = 'FF-A calls were made, but no line of the log says that pKVM took over before.'
    return unknown(id, why, calls.map(citeRecord))
  }
  const counted = calls.filter(({ body }) => takeover.at === undefined || body.at > takeover.at)
  if (counted.length === 0) return unknown(id, 'No FF-A call was made after pKVM took over.', calls.map(citeRecord))
  return { calls: counted, takeover, when: 'after pKVM took over', listed, evidence: [cite(takeover.mode)] }
}

/** Whether there are calls to judge by, or a finding already. */
export function isFinding(counted: CountedCalls | Finding): counted is Finding {
  return 'outcome' in counted
}

function noCalls(seen: Seen, id: string, healed: Call[]): Finding {
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
  const could = seen.records('could-not').find(({ body }) => body.what === 'FF-A')
  if (could) return unknown(id, `No FF-A call was made: ${could.body.what}: ${could.body.why}.`, [citeRecord(could)])
  if (seen.symbol('ARM_FFA_TRANSPORT') === 'n')
    return skip(id, 'The kernel is built without the FF-A driver and no call was made.')
  return unknown(id, 'No FF-A call was made by our probe, so nothing shows whether FF-A works.')
}
