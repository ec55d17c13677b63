import type { Finding } from '../finding.ts'
import { startMethodName } from '../tpm/answer.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { pcrWants } from './measured.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { Seen } from './seen.ts'
import { banks, command } from './tpm/command.ts'
import { driver } from './tpm/driver.ts'
import { tpmPresence } from './tpm/presence.ts'
import { tpmTable } from './tpm/table.ts'

/** Since when these findings are there. */
const since = 6

/** From the firmware's table to a command that came back. */
export const tpm: Probe = {
  group: 'tpm',
  findings: [
    {
      id: 'tpm.table',
      asks: 'Does the firmware describe a TPM by ACPI, and how is it started?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since,
    },
    {
      id: 'tpm.interface',
      asks: "Did the TPM's partition answer a message over FF-A, and with which interface version?",
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since,
    },
    {
      id: 'tpm.driver',
      asks: 'Did a driver bind to the TPM, or at which layer did it fail?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since,
    },
    {
      id: 'tpm.command',
      asks: 'Did a real TPM command come back?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since,
    },
    {
      id: 'tpm.banks',
      asks: 'Which banks of PCRs does the TPM have?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since,
    },
    {
      id: 'tpm.handover',
      asks: 'Where firmware measured into a TPM, does the system have that TPM?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since,
    },
  ],
  wants: [
    { kind: 'list', path: '/sys/class/tpm' },
    { kind: 'link', path: '/sys/class/tpm/tpm0/device/driver' },
    { kind: 'file', path: '/sys/class/tpm/tpm0/tpm_version_major' },
    { kind: 'list', path: '/sys/firmware/acpi/tables' },
    { kind: 'file', path: '/sys/firmware/acpi/tables/TPM2' },
    { kind: 'file', path: '/sys/kernel/debug/devices_deferred' },
    { kind: 'tpm', path: '/dev/tpm0' },
    ...pcrWants,
  ],
  config: ['TCG_TPM', 'TCG_CRB', 'TCG_ARM_CRB_FFA', 'ARM_FFA_TRANSPORT'],
  judge: (seen) => [table(seen), interfaceVersion(seen), driver(seen), command(seen), banks(seen), handover(seen)],
}

/** Rests on the table itself, as sysfs shows it, or on the line that the kernel prints for each table; the start method on the former alone. */
function table(seen: Seen): Finding {
  const id = 'tpm.table'
  const line = seen.first('tpm.table')
  const found = tpmTable(seen)
  if (found?.read) {
    const { startMethod, partition } = found.read
    const where = partition === undefined ? '' : `, partition 0x${partition.toString(16)}`
    return pass(
      id,
      `The firmware's TPM2 table says ${startMethodName(startMethod)} (start method ${startMethod}${where}).`,
      [citeRecord(found.record), ...(line ? [cite(line)] : [])],
      known({ startMethod, partition }),
    )
  }
  if (found) return fail(id, 'The TPM2 table of the firmware is too short to be one.', [citeRecord(found.record)])
  if (line) return pass(id, 'The firmware has a TPM2 table; nothing shows its start method.', [cite(line)])
  const tables = seen.records('list').find(({ body }) => body.path === '/sys/firmware/acpi/tables')
  if (tables?.body.rc === 0)
    return fail(id, 'The firmware has ACPI tables and no TPM2 among them.', [citeRecord(tables)])
  if (tables?.body.rc === -2) return skip(id, 'This boot has no ACPI.', [citeRecord(tables)])
  return unknown(id, 'Nothing shows the ACPI tables of the firmware.')
}

/** Rests on the line that tpm_crb_ffa_probe() prints after GET_INTERFACE_VERSION came back (drivers/char/tpm/tpm_crb_ffa.c:370 in 6.18.5), or on those that say why it did not. */
function interfaceVersion(seen: Seen): Finding {
  const id = 'tpm.interface'
  const answered = seen.last('tpm.crb-ffa-version')
  if (answered) {
    const { major, minor, device } = answered.match.groups
    const version = `${major}.${minor}`
    return pass(
      id,
      `The TPM's partition (${device}) answered over FF-A: interface version ${version}.`,
      [cite(answered)],
      {
        version,
      },
    )
  }
  const refused = seen.last('tpm.crb-ffa-refused')
  const failed = seen.last('tpm.crb-ffa-failed')
  if (refused)
    return fail(
      id,
      `The message to the TPM's partition was refused (${refused.match.groups['errno']}).`,
      [cite(refused)],
      {
        errno: Number(refused.match.groups['errno']),
      },
    )
  if (failed) return fail(id, `The TPM's partition was not used: ${failed.match.groups['why']}`, [cite(failed)])
  if (seen.symbol('TCG_ARM_CRB_FFA') === 'n')
    return skip(id, 'The kernel is built without the driver for a TPM over FF-A.')
  const partition = seen
    .records('ffa-partition')
    .find(({ body }) => body.uuid === '17b862a4-1806-4faf-86b3-089a58353861')
  if (!partition && seen.records('ffa-partition').length > 0)
    return skip(id, 'No partition on the FF-A bus has a TPM.', seen.records('ffa-partition').map(citeRecord))
  return unknown(
    id,
    'No line says that a message to a partition with a TPM came back.',
    partition ? [citeRecord(partition)] : [],
  )
}

/**
 * Rests on `TPMEventLog=` among the EFI tables that the kernel lists: the EFI stub put the firmware's log there, so the
 * firmware measured into a TPM; and on whether Linux has a tpm0. Without it nobody can check what was measured.
 */
function handover(seen: Seen): Finding {
  const id = 'tpm.handover'
  const line = seen.all('tpm.efi-tables').find(({ match }) => /TPMEventLog=/.test(match.groups['tables'] ?? ''))
  const efi = seen.first('efi.version')
  if (!line) {
    const none = seen.first('efi.none') ?? efi
    if (none) return skip(id, 'The firmware left no log of measurements in an EFI table.', [cite(none)])
    return unknown(id, 'No line lists the EFI tables of the firmware.')
  }
  const presence = tpmPresence(seen)
  const lost = presence ? undefined : driver(seen)
  if (lost?.outcome === 'fail')
    return fail(id, `Firmware measured into a TPM and left its log. ${lost.sentence}`, [cite(line), ...lost.evidence])
  if (lost?.outcome === 'pass')
    return pass(id, `Firmware measured into a TPM and left its log. ${lost.sentence}`, [cite(line), ...lost.evidence])
  if (!presence)
    return unknown(id, 'Firmware measured into a TPM; nothing shows whether the system has one.', [cite(line)])
  if (presence.there)
    return pass(id, 'Firmware measured into a TPM and left its log, and the system has a TPM.', [
      cite(line),
      citeRecord(presence.record),
    ])
  return fail(
    id,
    'Firmware measured into a TPM and left its log, but the system has no TPM: nothing can be attested.',
    [cite(line), citeRecord(presence.record)],
  )
}
