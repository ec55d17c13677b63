import type { Seen } from './seen.ts'
import type { Sighting } from '../signatures/sighting.ts'

/** The KVM mode that a kernel command line asks for: the last `kvm-arm.mode=`, `-` and `_` being the same in parameter names; undefined when none does. */
export function askedKvmMode(cmdline: string): string | undefined {
  let mode: string | undefined
  for (const word of cmdline.split(/\s+/)) mode = /^kvm[-_]arm\.mode=(.*)$/.exec(word)?.[1] ?? mode
  return mode
}

/**
 * The KVM mode that the kernel was asked for, as `askedKvmMode` says it; `unknown` where no command line is known, or
 * not all of it, and nothing that the kernel said gives it away: a protected mode, or none at all, comes only of being asked for,
 * and only of one that was asked for it says `Protected KVM not available with VHE` (arch/arm64/kvm/arm.c early_kvm_mode_cfg()).
 */
export function askedMode(seen: Seen): string | undefined {
  const asked = askedKvmMode(seen.commandLine ?? '')
  if (asked !== undefined || (seen.commandLine !== undefined && !seen.commandLineIsCut)) return asked
  const came = [...seen.all('kvm.mode'), ...seen.all('kvm.feature')].flatMap(({ match }) => Object.values(match.groups))
  if (came.some((word) => word.startsWith('Protected'))) return 'protected'
  if (seen.all('kvm.ignored').some(({ match }) => match.message.startsWith('Protected'))) return 'protected'
  return seen.first('kvm.disabled') ? 'none' : 'unknown'
}

/**
 * The line in which the kernel says that it ignores `kvm-arm.mode` because it did not start at EL2. It says so only where
 * a mode other than `none` is asked for (arch/arm64/kvm/arm.c:2936 early_kvm_mode_cfg() in 6.18.5).
 */
export function ignoredMode(seen: Seen): Sighting | undefined {
  return seen.all('kvm.ignored').find(({ match }) => match.message.includes('Ignoring'))
}

/** How far a protected hypervisor is known to rule. */
export interface Takeover {
  /** The line that says that a protected mode came up. */
  mode: Sighting
  /** Kernel clock in seconds after which every SMC of the kernel traps; absent without times in the log. */
  at?: number
}

/**
 * When pKVM took over, shown by `kvm [1]: Protected ... mode initialized successfully`; undefined where no line says so.
 * SMCs trap from within kvm_arm_init() on (hyp-init.S sets HCR_EL2.TSC), but `finalize_pkvm` is waited for where it
 * shows, since only then the hypervisor is done (arch/arm64/kvm/pkvm.c).
 */
export function takeoverOf(seen: Seen): Takeover | undefined {
  const mode = seen.all('kvm.mode').find(({ match }) => match.groups['mode']?.startsWith('Protected '))
  if (!mode) return undefined
  const times = [mode, seen.first('initcall.returned', { function: 'finalize_pkvm' })].map((line) => line?.match.at)
  const at = Math.max(...times.filter((time) => time !== undefined))
  return Number.isFinite(at) ? { mode, at } : { mode }
}
