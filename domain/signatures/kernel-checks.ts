import { kernelFault as fault, type FaultRow, rows } from './fault-row.ts'
import { kernels, since515 as known, type Signature } from './signature.ts'

const list: FaultRow[] = [
  ['kasan', 'kasan', /^BUG: KASAN: (?<what>.+)$/, 'mm/kasan/report.c:247,619', known],
  ['kfence', 'kfence', /^BUG: KFENCE: (?<what>.+)$/, 'mm/kfence/report.c:229 to 256', known],
  ['kcsan', 'kcsan', /^BUG: KCSAN: (?<what>.+)$/, 'kernel/kcsan/report.c:432,437', known],
  ['ubsan', 'ubsan', /^UBSAN: (?<what>.+) in (?<file>\S+):(?<line>\d+):\d+$/, 'lib/ubsan.c:225', known],
  [
    'atomic',
    'atomic',
    /^BUG: sleeping function called from invalid context at (?<file>\S+):(?<line>\d+)$/,
    'kernel/sched/core.c:8907 __might_resched()',
    known,
  ],
  [
    'atomic-schedule',
    'atomic',
    /^BUG: (?<what>scheduling while atomic|scheduling in a non-blocking section): (?<task>.+)\/(?<pid>\d+)\//,
    'kernel/sched/core.c:5863,5895',
    known,
  ],
  [
    'atomic-leak',
    'atomic',
    /^BUG: workqueue leaked (?:lock or atomic|atomic, lock or RCU): /,
    'kernel/workqueue.c:3277',
    known,
  ],
  [
    'preemptible',
    'atomic',
    /^BUG: using (?<what>\S+) in preemptible \[[0-9a-f]+\] code: (?<task>.+)\/(?<pid>\d+)$/,
    'lib/smp_processor_id.c:43',
    known,
  ],
  [
    'lockdep',
    'lockdep',
    /^(?:WARNING: (?<what>possible circular locking dependency detected|possible recursive locking detected|possible irq lock inversion dependency detected|inconsistent lock state|suspicious RCU usage|bad unlock balance detected!|bad contention detected!|held lock freed!|lock held when returning to user space!|Nested lock was not taken|chain_key collision|\S+-safe -> \S+-unsafe lock order detected)|WARNING: (?<task>\S+\/\d+) still has locks held!|\[ BUG: (?<bug>.+) \]|INFO: trying to register non-static key\.)/,
    'kernel/locking/lockdep.c:980 to 6841',
    known,
  ],
  [
    'spinlock',
    'lockdep',
    /^BUG: (?<what>spinlock .+|rwlock .+) on CPU#(?<cpu>\d+), (?<task>.+)\/(?<pid>\d+)/,
    'kernel/locking/spinlock_debug.c:61,151',
    known,
  ],
  [
    'list',
    'corruption',
    /^(?<what>list_add corruption|list_del corruption|list_add double add)[.:,]/,
    'lib/list_debug.c',
    known,
  ],
  [
    'page',
    'corruption',
    /^BUG: (?<what>Bad page (?:state|map|cache)|Bad rss-counter state)\b/,
    'mm/page_alloc.c:644, memory.c:599, filemap.c:156, kernel/fork.c:589',
    known,
  ],
  // SLUB leaves the colon out.
  ['slub', 'corruption', /^BUG (?<cache>\S+) \((?<taint>[^)]*)\): (?<what>.+)$/, 'mm/slub.c:1147 slab_bug()', known],
  [
    'usercopy',
    'corruption',
    /^usercopy: (?<what>Kernel memory (?:exposure|overwrite) attempt detected) /,
    'mm/usercopy.c usercopy_abort()',
    known,
  ],
  [
    'oom',
    'oom',
    /^(?:(?<task>\S+) invoked oom-killer: |Out of memory: Killed process (?<pid>\d+)|Memory cgroup out of memory: Kill(?:ed)? process \d+|Out of memory and no killable processes\.\.\.)/,
    'mm/oom_kill.c:461,960,1174',
    known,
  ],
  // Last, for everything else that calls itself a bug.
  ['bug-other', 'bug', /^BUG: (?<what>.+)$/, 'kernel, mm, lib: whatever begins its report with BUG:', kernels],
]

/** What the kernel's own checks report: sanitizers, lock checking, memory. */
export const kernelChecks: Signature[] = rows(fault, list)
