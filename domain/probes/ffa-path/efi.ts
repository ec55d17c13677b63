import { counted } from '../../counted.ts'
import type { Finding } from '../../finding.ts'
import { citeCall } from '../cite-smc.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import { functionOf, notTraced, ofTheSystem, type View } from './traced.ts'

const id = 'ffa-path.efi'

/**
 * Whether FF-A calls of EFI runtime code come back without an error. That code makes SMCs of its own, past the kernel's
 * FF-A driver (EDK2's MmCommunicationDxe, for EFI variables). Rests on the trace alone: the calls are known by a program
 * counter outside the kernel's half of the address space.
 */
export function efi({ traced }: View): Finding {
  if (!traced) return unknown(id, notTraced)
  const calls = ofTheSystem(traced).filter(({ call }) => call.caller === 'EFI runtime')
  const [some] = calls
  if (!some) return skip(id, 'EFI runtime code made no FF-A call.')
  const bad = calls.filter(({ answer }) => answer?.ok === false)
  const [first] = bad
  const atEl2 = bad.filter(({ course }) => course === 'refused').length
  const good = calls.find(({ answer }) => answer?.ok)
  const facts = { calls: calls.length, failed: bad.length, refused: atEl2 }
  if (!first) {
    if (!good) return unknown(id, 'No FF-A call of EFI runtime code came back.', [citeCall(some.call)], facts)
    return pass(
      id,
      `EFI runtime code made ${counted(calls.length, 'FF-A call')}, and none failed.`,
      [citeCall(good.call)],
      facts,
    )
  }
  const status = first.answer?.status ?? ''
  const who = first.course === 'refused' ? 'pKVM refused' : 'firmware refused'
  const later = good && good.call.entry > first.call.entry ? '; later ones came back' : ''
  return fail(
    id,
    `${who} ${functionOf(first)} of EFI runtime code with ${status}, ${bad.length} of ${counted(calls.length, 'call')} failed${later}.`,
    [citeCall(first.call), ...(good ? [citeCall(good.call)] : [])],
    { ...facts, ...known({ status, cause: first.course === 'refused' ? 'pkvm' : 'firmware' }) },
  )
}
