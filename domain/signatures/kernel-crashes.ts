import { kernelFault as fault, type FaultRow, rows } from './fault-row.ts'
import { kernels, since515, type Signature } from './signature.ts'

const x86 = ['5.15', '6.12.117', '6.18.5'] as const

const list: FaultRow[] = [
  // The pid came with kvm_err(); some kernels between 5.15 and 6.0 leave the brackets out.
  [
    'hyp-panic',
    'hyp-panic',
    /^kvm(?: \[\d+\])?: nVHE hyp (?<what>.+) at: (?<where>.+)$/,
    'arch/arm64/kvm/handle_exit.c:512,550',
    since515,
  ],
  [
    'hyp-exception',
    'hyp-panic',
    /^kvm(?: \[\d+\])?: Invalid host exception to nVHE hyp!/,
    'arch/arm64/kvm/handle_exit.c:534',
    since515,
  ],
  [
    'no-root',
    'no-root',
    /^Kernel panic - not syncing: (?<why>VFS: Unable to mount root fs on .*)$/,
    'init/do_mounts.c:236,249',
    since515,
  ],
  [
    'no-init',
    'no-init',
    /^Kernel panic - not syncing: (?<why>(?:Requested init \S+ failed|No working init found\.|No init found\.).*)$/,
    'init/main.c:1526,1545',
    since515,
  ],
  ['panic', 'panic', /^Kernel panic - not syncing: (?<why>.*)$/, 'kernel/panic.c:482 vpanic()', since515],
  // esr is %x with 8 digits in 5.15, %016lx since 5.18.
  [
    'oops',
    'oops',
    // An abort that nobody handles has no name there: `Internal error: : 1b [#1] SMP ARM`.
    /^Internal error: (?<what>.*): (?<esr>[0-9a-f]{1,16}) \[#(?<count>\d+)\]/,
    'arch/arm64/kernel/traps.c:182 __die(); arch/arm/kernel/traps.c:278',
    since515,
  ],
  [
    'paging',
    'oops',
    /^Unable to handle kernel (?<what>.+) at virtual address (?<address>[0-9a-f]{8,16})(?: when (?:read|write|execute))?$/,
    'arch/arm64/mm/fault.c:304; arch/arm/mm/fault.c die_kernel_fault() says when',
    since515,
  ],
  [
    'x86-paging',
    'oops',
    /^BUG: (?<what>kernel NULL pointer dereference|unable to handle page fault for address|unable to handle kernel .+ at)\b/,
    'arch/x86/mm/fault.c show_fault_oops()',
    x86,
  ],
  [
    'x86-oops',
    'oops',
    /^(?:Oops: )?(?<what>general protection fault.*|invalid opcode|divide error|stack segment|double fault|int3|Oops): (?<esr>[0-9a-f]{4}) \[#(?<count>\d+)\]/,
    'arch/x86/kernel/dumpstack.c __die_header()',
    x86,
  ],
  ['bug', 'bug', /^kernel BUG at (?<file>\S+):(?<line>\d+)!$/, 'lib/bug.c:201 __report_bug()', since515],
  [
    'bug-bare',
    'bug',
    /^Kernel BUG at \S+ \[verbose debug info unavailable\]$/,
    'lib/bug.c __report_bug() without DEBUG_BUGVERBOSE',
    since515,
  ],
  [
    'serror',
    'serror',
    /^SError Interrupt on CPU(?<cpu>\d+), code 0x(?<esr>[0-9a-f]{8,16})/,
    'arch/arm64/kernel/traps.c:937',
    since515,
  ],
  [
    'bad-mode',
    'oops',
    /^(?:Bad mode in (?<handler>.+) handler detected on|Unhandled (?<vector>.+) exception on) CPU\d+, (?:code|ESR) 0x(?<esr>[0-9a-f]+) -- (?<what>.+)$/,
    'arch/arm64/kernel/entry-common.c __panic_unhandled(); bad_mode() before 5.14',
    since515,
  ],
  [
    'stack-overflow',
    'oops',
    /^Insufficient stack space to handle exception!/,
    'arch/arm64/kernel/traps.c:910',
    since515,
  ],
  ['cfi', 'oops', /^CFI failure at (?<where>\S+) /, 'kernel/cfi.c report_cfi_failure()', kernels],
  [
    'warn',
    'warn',
    // A bare address where nothing names it: %pS without KALLSYMS, or of no symbol (lib/vsprintf.c symbol_string()). A file
    // behind the function is of scripts/decode_stacktrace.sh.
    /^WARNING: CPU: (?<cpu>\d+) PID: (?<pid>\d+) at (?:(?<file>\S+):(?<line>\d+) )?(?:(?<function>\S+)\+0x[0-9a-f]+\/0x[0-9a-f]+|0x[0-9a-f]{8,16}$|\S+ \(\S+:\d+)/,
    'kernel/panic.c:877,881 __warn()',
    ['5.15', '6.12.117', '6.18.5'],
  ],
  [
    'warn-7',
    'warn',
    /^WARNING: (?:(?<file>\S+):(?<line>\d+) )?at (?:(?<function>\S+)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[\S+\])?|0x[0-9a-f]{8,16}), CPU#(?<cpu>\d+): /,
    'kernel/panic.c __warn() of 7.3',
    ['7.3.4'],
  ],
]

/** What ends a kernel or makes it complain of itself: hypervisor panics, panics, oopses, BUG and WARN, in all their wordings. */
export const kernelCrashes: Signature[] = [
  ...rows(fault, list),
  {
    id: 'fault.cut-here',
    pattern: /^(?:------------\[ cut here \]------------|8<--- cut here ---)$/,
    world: 'NS',
    kind: 'fact',
    known: since515,
    source: 'include/asm-generic/bug.h CUT_HERE; arch/arm/mm/fault.c:136,598,628',
  },
  {
    // Said of user space as well, which gets a signal; of the kernel `Internal error` comes next.
    id: 'fault.arm-abort',
    pattern: /^Unhandled (?:fault|prefetch abort): (?<what>.+) \((?<esr>0x[0-9a-f]+)\) at 0x(?<address>[0-9a-f]+)$/,
    world: 'NS',
    kind: 'fact',
    known: since515,
    source: 'arch/arm/mm/fault.c:599,629 do_DataAbort(), do_PrefetchAbort(); arm64 until 4.20',
  },
  {
    id: 'fault.end-trace',
    // 5.15 puts a random number for the boot there; UBSAN none.
    pattern: /^---\[ end (?:trace(?: [0-9a-f]{16})?|Kernel panic - not syncing: .*) \]---$/,
    world: 'NS',
    kind: 'fact',
    known: since515,
    source: 'kernel/panic.c:595,849, lib/ubsan.c:234',
  },
  {
    id: 'fault.trace',
    pattern: /^Call [Tt]race:$/,
    world: 'NS',
    kind: 'fact',
    known: since515,
    source: 'arch/arm64/kernel/stacktrace.c dump_backtrace(), arch/x86/kernel/dumpstack.c',
  },
]
