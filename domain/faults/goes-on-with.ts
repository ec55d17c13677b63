import type { Signature } from '../signatures/signature.ts'

/** What die() says once a cause was announced: arch/arm64/kernel/traps.c __die(), arch/x86/kernel/dumpstack.c __die_header(). */
const dies = ['fault.oops', 'fault.x86-oops']
/** A check that finds data corrupt says so and then BUGs or WARNs: CHECK_DATA_CORRUPTION() of include/linux/bug.h, mm/usercopy.c. */
const bugs = ['fault.bug', 'fault.bug-bare', 'fault.warn', 'fault.warn-7']

/** By the signature with which a report begins, those that it may have on its way to its call trace, being about the same. */
const within: Record<string, readonly string[]> = {
  'fault.paging': dies,
  'fault.x86-paging': dies,
  'fault.bug': dies,
  'fault.bug-bare': dies,
  'fault.bug-other': dies,
  'fault.cfi': dies,
  'fault.bad-mode': dies,
  'fault.list': [...bugs, ...dies],
  'fault.usercopy': [...bugs, ...dies],
  // One line for each pool that is stuck (kernel/workqueue.c wq_watchdog_timer_fn()), for each counter (kernel/fork.c check_mm()).
  'fault.workqueue-stall': ['fault.workqueue-stall'],
  'fault.page': ['fault.page'],
  'tfa.exception': ['tfa.panic', 'tfa.panic-el3'],
  // plat_default_ea_handler() calls lower_el_panic() or panic() (plat/common/aarch64/plat_common.c).
  'tfa.external-abort': ['tfa.exception', 'tfa.panic', 'tfa.panic-el3'],
  'tfa.assert': ['tfa.panic', 'tfa.panic-el3'],
  'tfa.spmd-failed': ['tfa.panic', 'tfa.panic-el3'],
  // services/std_svc/spmd/spmd_main.c spmd_init() and spmd_setup(), and bl31_main.c, which is told.
  'tfa.spmc-failed': ['tfa.bl32-failed', 'tfa.no-spmc'],
  'tfa.no-spmc': ['tfa.no-spmc', 'tfa.bl32-failed'],
  'hafnium.exception': ['hafnium.panic'],
  // A partition gets the abort injected where it has a level to take it, else it is aborted (hypervisor/handler.c).
  'hafnium.partition-fault': ['hafnium.injected', 'hafnium.aborted'],
  // DefaultExceptionHandler() ends with ASSERT (FALSE); MdePkg/Library/BaseDebugLibSerialPort DebugAssert() may end in a breakpoint.
  'edk2.exception': ['edk2.assert'],
  'edk2.assert': ['edk2.exception', 'edk2.exception-x64'],
  'edk2.assert-wrapped': ['edk2.exception', 'edk2.exception-x64'],
  'uboot.initcall': ['uboot.hang'],
  'uboot.no-boot': ['uboot.no-boot', 'uboot.hang'],
  'uboot.no-network': ['uboot.no-network', 'uboot.no-boot', 'uboot.hang'],
  'uboot.exception': ['uboot.hang'],
}

/** Takes the signature of a report's first line and that of a fault's line further on; returns whether both are of one report, as `kernel BUG at` and `Internal error: Oops - BUG` are. */
export function goesOnWith({ id }: Signature, other: Signature): boolean {
  return within[id]?.includes(other.id) ?? false
}
