import { kernelMessage, stampOf } from '../console/kernel-message.ts'
import { matchSignatures } from '../signatures/match.ts'
import { arrivalOf, type TimedConsole } from './console-clock.ts'
import type { Moment } from './moment.ts'

/**
 * The initcalls that decide the order in which FF-A, pKVM, the TPM and IMA come up; their names in Linux 6.12 to 7.3
 * (`initcall_debug`).
 */
const deciding = new Set([
  'ffa_init',
  'kvm_arm_init',
  'finalize_pkvm',
  'optee_core_init',
  'crb_acpi_driver_init',
  'tpm_crb_ffa_driver_init',
  'init_ima',
  'security_initcall_late',
  'security_initcall_late_sync',
  'load_uefi_certs',
  'efivarfs_init',
  'deferred_probe_initcall',
])

/**
 * The lines of a console as moments. A line with a kernel stamp stands where its stamp says, any other where its first
 * byte was read; a line that neither places stands with the one before it.
 * @param epoch host time at which the kernel's clock stood at 0, as kernelEpoch tells it
 */
export function consoleMoments({ log, times }: TimedConsole, epoch: number | undefined): Moment[] {
  const moments: Moment[] = []
  let last = 0
  for (const line of log.lines) {
    const stamp = stampOf(line.text)
    const arrival = arrivalOf(times, line.offset)
    const at = stamp !== undefined && stamp > 0 && epoch !== undefined ? epoch + stamp * 1000 : (arrival ?? last)
    last = at
    if (line.text === '') continue
    moments.push({
      at,
      source: 'console',
      place: `${log.console}:${line.number}`,
      text: line.text,
      weight: weightOf(line),
      findings: [],
    })
  }
  return moments
}

function weightOf(line: TimedConsole['log']['lines'][number]): Moment['weight'] {
  const initcall = /^(?:calling  |initcall )(\w+)\+0x/.exec(kernelMessage(line.text).message)
  if (initcall) return deciding.has(initcall[1] ?? '') ? 'key' : 'detail'
  const kind = matchSignatures(line)?.signature.kind
  return kind === 'negative' || kind === 'fault' || kind === 'positive' ? 'key' : 'detail'
}
