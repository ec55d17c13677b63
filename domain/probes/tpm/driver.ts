import type { Evidence } from '../../evidence/evidence.ts'
import type { Finding } from '../../finding.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { usable } from '../ffa-usable.ts'
import { takeoverOf } from '../kvm-mode.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import { isBefore, type Seen } from '../seen.ts'
import type { Sighting } from '../../signatures/sighting.ts'
import { foundByTis } from './found-by-tis.ts'
import { lostInTee } from './in-tee.ts'
import type { Loss } from './loss.ts'
import { tpmLine, tpmPresence } from './presence.ts'
import { tpmTable } from './table.ts'

const id = 'tpm.driver'

/**
 * Whether Linux has a TPM, and if not, at which layer it was lost. A TPM is shown by sysfs or by a command that came back;
 * its absence by the same, and then the layer by the line that a driver left. The driver core says nothing of -ENODEV and
 * -ENXIO, so a loss without a line is common, and named as such.
 */
export function driver(seen: Seen): Finding {
  const presence = tpmPresence(seen)
  if (presence?.there) {
    const link = seen
      .records('link')
      .find(({ body }) => body.path === '/sys/class/tpm/tpm0/device/driver' && body.rc === 0)
    const name = link?.body.target.split('/').at(-1)
    const line = tpmLine(seen)
    const with_ = name === undefined ? '' : ` with the driver ${name}`
    const evidence: Evidence[] = [
      ...(link && link !== presence.record ? [citeRecord(link)] : []),
      ...(line ? [cite(line)] : []),
    ]
    return pass(
      id,
      `The system has a TPM${with_}.`,
      [citeRecord(presence.record), ...evidence],
      known({ driver: name }),
    )
  }
  const absent = presence ? [citeRecord(presence.record)] : []
  const loss = refusedByFfa(seen) ?? lostInTee(seen) ?? lostByDriver(seen) ?? deferred(seen)
  if (loss && (presence || !isTakenAllTheSame(seen, loss))) {
    const [first, ...rest] = [...loss.evidence, ...absent]
    if (first) return fail(id, loss.sentence, [first, ...rest], loss.facts)
  }
  if (seen.symbol('TCG_TPM') === 'n') return skip(id, 'The kernel is built without TPM support.')
  const line = tpmLine(seen)
  if (!presence) {
    const found = foundByTis(seen, id)
    if (found) return found
    if (line)
      return unknown(id, 'A driver spoke to a TPM; nothing shows whether there is a tpm0 at the end.', [cite(line)])
    return unknown(id, 'Nothing shows whether the system has a TPM.')
  }
  const table = seen.first('tpm.table') ?? seen.first('tpm.efi-tables')
  if (!table) return skip(id, 'The system has no TPM, and nothing says that the firmware has one.', absent)
  return fail(
    id,
    'The system has no TPM although the firmware has one, and no driver says why.',
    [cite(table), ...absent],
    {
      cause: 'silent',
      layer: 'driver',
    },
  )
}

/** The message to the TPM's partition: refused, and by whom. */
function refusedByFfa(seen: Seen): Loss | undefined {
  const refused = seen.last('tpm.crb-ffa-refused')
  if (refused) {
    const errno = Number(refused.match.groups['errno'])
    const { cause, why, evidence } = causeOfRefusal(seen, refused, errno)
    return {
      line: refused,
      sentence: `No driver took the TPM: the first message to its partition was refused (${errno}); ${why}.`,
      evidence: [cite(refused), ...evidence],
      facts: { layer: 'ff-a', cause, errno },
    }
  }
  const failed = seen.last('tpm.crb-ffa-failed')
  if (!failed) return undefined
  const why = failed.match.groups['why'] ?? ''
  return {
    line: failed,
    sentence: `No driver took the TPM: of its partition the driver says: ${why.replace(/\.$/, '')}.`,
    evidence: [cite(failed)],
    facts: { layer: 'partition', cause: /Busy/.test(why) ? 'busy' : 'partition' },
  }
}

/**
 * -22 is pKVM's answer when it has negotiated no version, and also the partition's to a wrong argument: it is pKVM's only
 * where calls of our own, or the order of lines, show that pKVM never saw FFA_VERSION. -95 under pKVM is its block list:
 * DIRECT_REQ2 is on it (arch/arm64/kvm/hyp/nvhe/ffa.c ffa_call_supported()).
 */
function causeOfRefusal(
  seen: Seen,
  refused: Sighting,
  errno: number,
): { cause: string; why: string; evidence: Evidence[] } {
  const takeover = takeoverOf(seen)
  const after = takeover && isBefore(takeover.mode, refused) === true
  if (errno === -22 && takeover && after) {
    const { facts, evidence } = usable(seen)
    if (facts['cause'] === 'not-negotiated')
      return {
        cause: 'not-negotiated',
        why: 'pKVM has negotiated no FF-A version and refuses every call',
        evidence: evidence.slice(0, 1),
      }
    const version = seen.last('ffa.driver-version')
    if (version && isBefore(version, takeover.mode) === true)
      return {
        cause: 'not-negotiated',
        why: 'the FF-A version was agreed before pKVM took over, which therefore refuses every call',
        evidence: [cite(version), cite(takeover.mode)],
      }
  }
  if (errno === -95 && takeover && after)
    return {
      cause: 'blocked-by-proxy',
      why: "pKVM's FF-A proxy does not let this kind of message pass",
      evidence: [cite(takeover.mode)],
    }
  const causes: Record<number, string> = { [-13]: 'denied', [-16]: 'busy', [-22]: 'invalid', [-95]: 'not-supported' }
  return { cause: causes[errno] ?? 'refused', why: 'nothing shows that pKVM refused it', evidence: [] }
}

/**
 * Whether a TIS driver spoke to another TPM, or to the same one after it was lost: probes are tried again, and a machine may
 * have two. Nothing then says that there is none.
 */
function isTakenAllTheSame(seen: Seen, { line }: Loss): boolean {
  return seen
    .all('tpm.tis')
    .some((tis) => line && (tis.match.groups['device'] !== line.match.groups['device'] || isBefore(line, tis) === true))
}

/** Of a CRB no answer in the control area, a table that does not fit, or the FF-A driver registered twice; of any driver that its probe failed. */
function lostByDriver(seen: Seen): Loss | undefined {
  const failed = seen.last('tpm.probe-failed')
  const errno = failed && Number(failed.match.groups['errno'])
  const twice = seen.last('tpm.crb-ffa-twice')
  if (twice)
    return {
      line: twice,
      sentence:
        'No driver took the TPM: its driver was put off, and on the second attempt registered its FF-A half again, which is refused.',
      evidence: [cite(twice), ...(failed ? [cite(failed)] : [])],
      facts: known({ layer: 'driver', cause: 'registered-twice', errno }) as Loss['facts'],
    }
  const table = seen.all('tpm.crb-table-bad').findLast(({ match }) => !goesOn.test(match.groups['why'] ?? ''))
  const timeout = seen.first('tpm.crb-timeout')
  const gaveUp = seen.last('tpm.tis-gave-up')
  const line = failed ?? table ?? gaveUp ?? timeout
  // A time-out alone is no loss: the driver may go on.
  if (!line || (!failed && !table && !gaveUp)) return undefined
  const without = withoutFfa(seen)
  const evidence = [timeout, table, gaveUp, failed].filter((each) => each !== undefined).map(cite)
  if (timeout && without)
    return {
      line,
      sentence: `No driver took the TPM: ${timeout.match.groups['why']}; ${without}.`,
      evidence,
      facts: known({ layer: 'crb', cause: 'no-doorbell', errno }) as Loss['facts'],
    }
  const why =
    timeout?.match.groups['why'] ?? table?.match.groups['why'] ?? line.match.groups['why'] ?? line.match.message
  const cause = timeout ? 'timeout' : table ? 'table' : 'driver'
  const name = line.match.groups['driver'] ?? ''
  return {
    line,
    sentence: `No driver took the TPM: the driver ${name} gave up: ${why}.`,
    evidence,
    facts: known({ layer: cause === 'table' ? 'acpi' : layerOf(name), cause, errno }) as Loss['facts'],
  }
}

/** What lies between a driver and its TPM, by the driver's name: a CRB, the registers of TIS, or the TEE in which the TPM runs (drivers/char/tpm). */
function layerOf(name: string): string {
  if (name.startsWith('tpm_crb')) return 'crb'
  if (name.startsWith('tpm_tis')) return 'tis'
  return name.includes('ftpm') ? 'tee' : 'driver'
}

/** The start method of the TPM2 table that is FF-A (ACPI_TPM2_CRB_WITH_ARM_FFA, include/acpi/actbl3.h). */
const overFfa = 15

/** Complaints after which the driver goes on (crb_fixup_cmd_size() and crb_map_io(), tpm_crb.c:597 and 675 in 6.18.5). */
const goesOn = /^(?:ACPI region does not cover the entire command\/response buffer|Bad ACPI memory layout)/

/** Why the kernel's driver cannot start a TPM over FF-A (IS_REACHABLE(CONFIG_TCG_ARM_CRB_FFA) in tpm_crb_ffa.h, 6.18.5); undefined where it can. */
function withoutFfa(seen: Seen): string | undefined {
  const half = seen.symbol('TCG_ARM_CRB_FFA')
  if (seen.symbol('TCG_CRB') === 'y' && (half === 'm' || seen.symbol('ARM_FFA_TRANSPORT') === 'm'))
    return 'the driver is built in and cannot reach FF-A, which is a module'
  return half === 'n' && tpmTable(seen)?.read?.startMethod === overFfa
    ? 'it is started over FF-A, and the driver is built without that'
    : undefined
}

/** A probe that was put off and did not come back shows only in devices_deferred. */
function deferred(seen: Seen): Loss | undefined {
  const record = seen
    .records('file')
    .find(
      ({ body }) =>
        body.path === '/sys/kernel/debug/devices_deferred' && /^(?:MSFT0101:|\S*tpm|arm-ffa)/m.test(body.text),
    )
  if (!record) return undefined
  return {
    sentence: 'No driver took the TPM: its driver is still waiting for another device.',
    evidence: [citeRecord(record)],
    facts: { layer: 'driver', cause: 'deferred' },
  }
}
