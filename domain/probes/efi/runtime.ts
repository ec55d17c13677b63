import type { Evidence } from '../../evidence/evidence.ts'
import type { Finding } from '../../finding.ts'
import { cite } from '../../evidence/cite.ts'
import { fail, skip } from '../outcome.ts'
import type { Seen } from '../seen.ts'

/**
 * Takes the id of a finding on EFI variables and what else shows that they fail; returns it where the kernel says that it
 * runs without EFI runtime services, by which it reads and writes them (drivers/firmware/efi/runtime-wrappers.c
 * __efi_queue_work() refuses each call then): after a fault in the firmware it switches them off for good
 * (arch/arm64/kernel/efi.c efi_runtime_fixup_exception()); asked to, it never switches them on. Undefined where it says
 * nothing of the kind.
 */
export function withoutRuntime(seen: Seen, id: string, others: readonly Evidence[] = []): Finding | undefined {
  const fault = seen.first('efi.runtime-fault')
  const off = seen.first('efi.runtime-off')
  if (fault) {
    const what = fault.match.groups['wedged'] ? 'a call did not come back from the firmware' : 'a fault in the firmware'
    const sentence = `EFI variables cannot be used: the kernel switched EFI runtime services off after ${what}.`
    const said = off ? [cite(off)] : []
    return fail(id, sentence, [cite(fault), ...said, ...others], { cause: 'runtime-fault' })
  }
  const asked = seen.first('efi.runtime-asked-off')
  if (asked)
    return skip(id, 'The kernel was told to run without EFI runtime services, so there are no EFI variables.', [
      cite(asked),
    ])
  if (!off) return undefined
  const sentence = `EFI variables cannot be used: ${off.match.groups['why']?.replace(/[.!]$/, '')}.`
  return fail(id, sentence, [cite(off), ...others], { cause: 'runtime-off' })
}
