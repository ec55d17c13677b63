import { kernels, type Signature } from './signature.ts'

/** Lines that open the report of something that broke in the kernel, and the lines that close it. */
export const kernelFaults: Signature[] = [
  fault('hyp-panic', /^kvm \[\d+\]: nVHE hyp (?<what>.+) at: /, 'arch/arm64/kvm/handle_exit.c:512,550'),
  fault(
    'hyp-panic',
    /^kvm \[\d+\]: Invalid host exception to nVHE hyp!/,
    'arch/arm64/kvm/handle_exit.c:534',
    'hyp-exception',
  ),
  fault('panic', /^Kernel panic - not syncing: (?<why>.*)$/, 'kernel/panic.c:482 vpanic()'),
  fault(
    'oops',
    /^Internal error: (?<what>.+): (?<esr>[0-9a-f]{16}) \[#(?<count>\d+)\]/,
    'arch/arm64/kernel/traps.c:182 __die()',
  ),
  fault(
    'oops',
    /^Unable to handle kernel (?<what>.+) at virtual address (?<address>[0-9a-f]{16})$/,
    'arch/arm64/mm/fault.c:304',
    'paging',
  ),
  fault('bug', /^kernel BUG at (?<file>\S+):(?<line>\d+)!$/, 'lib/bug.c:201 __report_bug()'),
  fault('serror', /^SError Interrupt on CPU(?<cpu>\d+), code 0x(?<esr>[0-9a-f]{16})/, 'arch/arm64/kernel/traps.c:937'),
  fault(
    'warn',
    /^WARNING: CPU: (?<cpu>\d+) PID: (?<pid>\d+) at (?:(?<file>\S+):(?<line>\d+) )?(?<function>\S+)\+0x[0-9a-f]+\/0x[0-9a-f]+/,
    'kernel/panic.c:877,881 __warn()',
    'warn',
    ['6.12.117', '6.18.5'],
  ),
  fault(
    'warn',
    /^WARNING: (?:(?<file>\S+):(?<line>\d+) )?at (?<function>\S+)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[\S+\])?, CPU#(?<cpu>\d+): /,
    'kernel/panic.c __warn() of 7.3',
    'warn-7',
    ['7.3.4'],
  ),
  fault(
    'hung-task',
    /^INFO: task (?<task>.+):(?<pid>\d+) blocked(?: in I\/O wait)? for more than (?<seconds>\d+) seconds\.$/,
    'kernel/hung_task.c:247',
  ),
  fault(
    'soft-lockup',
    /^watchdog: BUG: soft lockup - CPU#(?<cpu>\d+) stuck for (?<seconds>\d+)s! /,
    'kernel/watchdog.c:830',
  ),
  fault(
    'hard-lockup',
    /^watchdog: (?:CPU\d+: )?Watchdog detected hard LOCKUP on cpu (?<cpu>\d+)/,
    'kernel/watchdog.c:221',
  ),
  fault(
    'rcu-stall',
    /^(?:rcu: )?INFO: (?<flavour>\S+) (?:self-detected stall on CPU|detected stalls? on CPUs\/tasks:|detected expedited stalls|detected stall,)/,
    'kernel/rcu/tree_stall.h:656,732,851, tree_exp.h:567,570',
  ),
  fault('kasan', /^BUG: KASAN: (?<what>.+)$/, 'mm/kasan/report.c:247,619'),
  fault('kfence', /^BUG: KFENCE: (?<what>.+)$/, 'mm/kfence/report.c:229 to 256'),
  fault('ubsan', /^UBSAN: (?<what>.+) in (?<file>\S+):(?<line>\d+):\d+$/, 'lib/ubsan.c:225'),
  fault(
    'lockdep',
    /^(?:WARNING: (?:possible circular locking dependency detected|possible recursive locking detected|possible irq lock inversion dependency detected|inconsistent lock state|suspicious RCU usage|bad unlock balance detected!|bad contention detected!|held lock freed!|lock held when returning to user space!|Nested lock was not taken|chain_key collision|\S+-safe -> \S+-unsafe lock order detected)|\[ BUG: .+ \]|INFO: trying to register non-static key\.)/,
    'kernel/locking/lockdep.c',
  ),
  fault('oom', /^(?:\S+ invoked oom-killer: |Out of memory: Killed process \d+)/, 'mm/oom_kill.c'),
  // Last, for everything else that calls itself a bug: scheduling while atomic, sleeping function, bad page state...
  fault('bug', /^BUG: (?<what>.+)$/, 'kernel/sched/core.c:5863,8907, mm/page_alloc.c and others', 'bug-other'),
  {
    id: 'fault.cut-here',
    pattern: /^------------\[ cut here \]------------$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'include/asm-generic/bug.h CUT_HERE',
  },
  {
    id: 'fault.end-trace',
    pattern: /^---\[ end (?:trace [0-9a-f]{16}|Kernel panic - not syncing: .*) \]---$/,
    world: 'NS',
    kind: 'fact',
    known: kernels,
    source: 'kernel/panic.c:595,849',
  },
]

function fault(
  kind: NonNullable<Signature['fault']>,
  pattern: RegExp,
  source: string,
  name: string = kind,
  known: readonly string[] = kernels,
): Signature {
  return { id: `fault.${name}`, pattern, world: 'NS', kind: 'fault', fault: kind, known, source }
}
