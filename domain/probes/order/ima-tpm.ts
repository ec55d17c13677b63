import type { Evidence } from '../../evidence/evidence.ts'
import type { Finding } from '../../finding.ts'
import type { Moment } from '../../initcalls/initcall.ts'
import { cite } from '../../evidence/cite.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import type { Seen } from '../seen.ts'
import type { Sighting } from '../../signatures/sighting.ts'
import { citeMoment, initcallOf, momentOf, probesOf, timelineOf, when, type Timeline } from './timeline.ts'

interface Event extends Moment {
  by: string
  evidence: Evidence
}

/**
 * Whether a TPM was there when IMA started. IMA starts in init_ima (late_initcall until 7.2) or, since 7.3, in
 * security_initcall_late or, with IMA_INIT_LATE_SYNC, security_initcall_late_sync (security/lsm_init.c); which of the two
 * is told by the line of IMA that stands inside. A TPM is there once the probe of its device returned 0, or once a TIS
 * driver said so. Where none ever came there is nothing to order.
 */
export function imaTpm(seen: Seen): Finding {
  const id = 'order.ima-tpm'
  if (seen.symbol('IMA') === 'n') return skip(id, 'The kernel is built without IMA.')
  const timeline = timelineOf(seen)
  const ima = imaStart(seen, timeline)
  const tpm = tpmCame(seen, timeline)
  const facts = known({ ima_by: ima?.by, ima_at: ima?.at, tpm_by: tpm?.by, tpm_at: tpm?.at })
  if (!ima) return unknown(id, 'No line of the log shows IMA starting.', tpm ? [tpm.evidence] : [], facts)
  if (!tpm) {
    if (timeline) return skip(id, 'No TPM came, so there is nothing to order.', [ima.evidence], facts)
    return unknown(id, 'No line of the log shows a TPM coming.', [ima.evidence], facts)
  }
  const bypass = seen.first('ima.bypass')
  if (bypass && tpm.line < ima.line)
    return unknown(
      id,
      `A TPM was spoken to at ${when(tpm)} (${tpm.by}), before IMA started, and IMA found none all the same.`,
      [tpm.evidence, cite(bypass)],
      facts,
    )
  const told = `IMA started at ${when(ima)} (${ima.by}), the TPM came at ${when(tpm)} (${tpm.by})`
  return tpm.line < ima.line
    ? pass(id, `${told}: in time.`, [tpm.evidence, ima.evidence], facts)
    : fail(id, `${told}: too late to be measured into.`, [ima.evidence, tpm.evidence], facts)
}

/** What ima_init() says first (security/integrity/ima/ima_init.c). */
const firstWords = ['ima.bypass', 'ima.hash']
/** What IMA says only when it has started; of an older kernel, or of a log that begins late, the first words may be missing. */
const laterWords = [
  'ima.no-bank',
  'ima.pcr-not-read',
  'ima.pcr-not-extended',
  'ima.no-arch-policy',
  'ima.policy-update',
]

function firstOf(seen: Seen, ids: readonly string[]): Sighting | undefined {
  return ids.flatMap((id) => seen.all(id)).toSorted((a, b) => a.index - b.index)[0]
}

function imaStart(seen: Seen, timeline: Timeline | undefined): Event | undefined {
  const word = firstOf(seen, firstWords) ?? firstOf(seen, laterWords)
  const said = word && momentOf(word)
  if (timeline) {
    for (const name of ['init_ima', 'security_initcall_late', 'security_initcall_late_sync']) {
      const call = initcallOf(timeline, name)
      if (!call?.called) continue
      const inside =
        said && said.line > call.called.line && said.line < (call.returned?.line ?? Number.POSITIVE_INFINITY)
      if (name !== 'init_ima' && !inside) continue
      return { ...call.called, by: name, evidence: citeMoment(timeline, call.called) }
    }
  }
  return word && said ? { ...said, by: 'its first line', evidence: cite(word) } : undefined
}

function tpmCame(seen: Seen, timeline: Timeline | undefined): Event | undefined {
  const probe = timeline && probesOf(timeline).find((each) => each.value === 0 && isTpm(each.name, each.driver))
  if (probe)
    return { ...probe.returned, by: probe.driver ?? probe.name, evidence: citeMoment(timeline, probe.returned) }
  const tis = seen.first('tpm.tis')
  return tis && { ...momentOf(tis), by: tis.match.groups['driver'] ?? 'a TIS driver', evidence: cite(tis) }
}

/** MSFT0101 is the ACPI id of a TPM 2.0 (TCG ACPI specification 1.4, 8); device trees name theirs tpm. The FF-A half of a CRB is not yet a TPM. */
function isTpm(device: string, driver = ''): boolean {
  return /^MSFT0101:|tpm/i.test(device) || /^(?:tpm_(?!crb_ffa)|ftpm)/.test(driver)
}
