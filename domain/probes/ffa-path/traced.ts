import type { Finding } from '../../finding.ts'
import type { SmcCall } from '../../smc/call.ts'
import { functionName } from '../../smc/function-ids.ts'
import { passagesOf, type Passage } from '../../smc/passage.ts'
import { askedMode } from '../kvm-mode.ts'
import { skip, unknown } from '../outcome.ts'
import type { Seen } from '../seen.ts'

/** What an SMC trace says of FF-A calls from the normal world. */
export interface Traced {
  /** Those of the kernel, of EFI runtime code and of the boot loader, in the order in which they were made. */
  passages: Passage[]
  /** Those that pKVM made, for itself or for others. */
  own: SmcCall[]
  /**
   * The first sign that pKVM rules: a call that it made itself (hyp_ffa_init() asks EL3 for FFA_VERSION while pKVM starts,
   * arch/arm64/kvm/hyp/nvhe/ffa.c), or one that was taken to it. PSCI counts as well.
   */
  rule?: SmcCall
}

/** Undefined where the boot was not traced. */
export function tracedOf({ shown }: Seen): Traced | undefined {
  const calls = shown.smc
  if (!calls) return undefined
  const rule = calls.find(({ secure, to, caller }) => !secure && (to === 2 || caller === 'pKVM'))
  const passages = passagesOf(calls)
  const own = calls.filter(({ caller, request }) => caller === 'pKVM' && nameOf(request).startsWith('FFA_'))
  return { passages, own, ...(rule ? { rule } : {}) }
}

/** What a finding of this group looks at. */
export interface View {
  seen: Seen
  /** The KVM mode that was asked for, as `askedMode` says it. */
  mode: string | undefined
  traced?: Traced
}

export function viewOf(seen: Seen): View {
  const traced = tracedOf(seen)
  return { seen, mode: askedMode(seen), ...(traced ? { traced } : {}) }
}

/** What a finding about pKVM comes to where there is none to go through; undefined where there is. */
export function withoutPkvm(id: string, { mode }: View): Finding | undefined {
  if (mode === 'protected') return undefined
  if (mode === 'unknown') return unknown(id, 'Nothing says in which mode KVM was to be.')
  return skip(id, 'Protected mode was not asked for, so there is no pKVM to go through.')
}

/** The calls that an operating system and its EFI runtime code made, without those of the boot loader before it. */
export function ofTheSystem({ passages }: Traced): Passage[] {
  return passages.filter(({ call }) => call.caller !== 'boot loader')
}

/** Those of them that were taken to EL2. */
export function trappedOf(traced: Traced): Passage[] {
  return ofTheSystem(traced).filter(({ call }) => call.to === 2)
}

export function functionOf({ call }: Passage): string {
  return nameOf(call.request)
}

export function isFunction(passage: Passage, name: string): boolean {
  return functionOf(passage) === name
}

function nameOf(request: readonly bigint[]): string {
  return functionName(request[0] ?? 0n)
}

/** Why nothing can be said. */
export const notTraced = 'The boot was not traced, so nothing shows which exception level a call went to.'
export const noRule = 'The trace shows no call that pKVM made or was given, so it does not show that pKVM took over.'
