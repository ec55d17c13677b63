import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultsOf } from '../../../domain/faults/read-faults.ts'
import { consoleOf, consolesOf, noInit } from '../probes/showing.ts'

const of = (...lines: string[]) => faultsOf([consoleOf(lines.join('\n'))])
/** A report as another boot would print it: other times, addresses, CPUs and pids. */
const again = (lines: string[]) =>
  lines.map((line) =>
    line
      .replace(/^\[ *\d+\.(\d{6})\]/, '[   77.$1]')
      .replace(/\b[0-9a-f]{16}\b/g, (number) => number.replaceAll(/[1-9a-e]/g, '7'))
      .replace(/CPU: 0 PID: 60/, 'CPU: 1 PID: 88')
      .replace(/CPU: 0 UID: 0 PID: 60/, 'CPU: 1 UID: 0 PID: 88')
      .replace(/CPU#0/, 'CPU#1')
      .replace(/:60\b/, ':88')
      .replace(/init\/1\b/, 'init/88')
      .replace(/stuck for \d+s/, 'stuck for 31s')
      .replace(/more than 10 seconds/, 'more than 12 seconds')
      .replace(/\+0x[0-9a-f]+\/0x/g, '+0x77/0x'),
  )
const stamped = (...lines: string[]) => lines.map((line, n) => `[    1.${String(n).padStart(6, '0')}] ${line}`)
const cut = '------------[ cut here ]------------'
const end = '---[ end trace 0000000000000000 ]---'
const cpu = 'CPU: 0 UID: 0 PID: 60 Comm: init Tainted: G           O        6.18.5 #1 NONE'
const pc = (at: string) => [
  cpu,
  'Hardware name: linux,dummy-virt (DT)',
  `pc : ${at}`,
  'lr : do_one_initcall+0x54/0x2c0',
  'sp : ffff800080a3bb90',
]
const trace = (...frames: string[]) => ['Call trace:', ...frames.map((each) => ` ${each}`)]
const rule = '='.repeat(66)

/** Reports as the sources print them: kernel/panic.c, arch/arm64/kernel/traps.c, mm/fault.c and so on. */
const reports: [title: string, kind: string, lines: string[]][] = [
  [
    'WARN in ffa_init at drivers/firmware/arm_ffa/driver.c:123',
    'warn',
    [
      cut,
      'WARNING: CPU: 0 PID: 60 at drivers/firmware/arm_ffa/driver.c:123 ffa_init+0x10/0x20',
      'Modules linked in:',
      ...pc('ffa_init+0x10/0x20'),
      ...trace('ffa_init+0x10/0x20 (P)', 'do_one_initcall+0x54/0x2c0'),
      end,
    ],
  ],
  [
    'WARN in x_probe [x] at x.c:42',
    'warn',
    [
      cut,
      'WARNING: CPU: 0 PID: 60 at /home/me/x/x.c:42 x_probe+0x10/0x20 [x]',
      ...trace('x_probe+0x10/0x20 [x] (P)'),
      end,
    ],
  ],
  [
    'WARN in ffa_probe at drivers/firmware/arm_ffa/driver.c:99',
    'warn',
    [
      cut,
      'WARNING: drivers/firmware/arm_ffa/driver.c:99 at ffa_probe.isra.0+0x10/0x20, CPU#0: init/1',
      ...trace('ffa_probe.isra.0+0x10/0x20 (P)'),
      end,
    ],
  ],
  [
    'NULL pointer dereference in do_oops [fault_maker]',
    'oops',
    [
      'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000',
      'Mem abort info:',
      '  ESR = 0x0000000096000044',
      'user pgtable: 4k pages, 48-bit VAs, pgdp=0000000042f91000',
      'Internal error: Oops: 0000000096000044 [#1]  SMP',
      'Modules linked in: fault_maker(O+)',
      ...pc('do_oops+0x14/0x20 [fault_maker]'),
      ...trace('do_oops+0x14/0x20 [fault_maker] (P)', 'fault_maker_init+0x60/0xff8 [fault_maker]'),
      'Code: d503201f d2800000 52800021 d503201f (b9000001)',
      end,
    ],
  ],
  [
    'BUG in do_bug [fault_maker] at guest/fault-maker.c:45',
    'bug',
    [
      cut,
      'kernel BUG at guest/fault-maker.c:45!',
      'Internal error: Oops - BUG: 00000000f2000800 [#1]  SMP',
      ...pc('do_bug+0x4/0x8 [fault_maker]'),
      ...trace('do_bug+0x4/0x8 [fault_maker] (P)'),
      'Code: aa1e03e9 d503201f (d4210000)',
      end,
    ],
  ],
  [
    'Oops - Undefined instruction in x_init',
    'oops',
    [
      'Internal error: Oops - Undefined instruction: 0000000002000000 [#1]  SMP',
      ...pc('x_init+0x4/0x8'),
      ...trace('x_init+0x4/0x8 (P)'),
      end,
    ],
  ],
  [
    'kernel NULL pointer dereference in x_init [x]',
    'oops',
    [
      'BUG: kernel NULL pointer dereference, address: 0000000000000000',
      '#PF: supervisor write access in kernel mode',
      'Oops: Oops: 0002 [#1] SMP NOPTI',
      'CPU: 0 UID: 0 PID: 60 Comm: insmod',
      'RIP: 0010:x_init+0x4/0x8 [x]',
      'Code: 00 00',
      'Call Trace:',
      ' <TASK>',
      ' do_one_initcall+0x57/0x300',
      ' </TASK>',
      end,
    ],
  ],
  [
    'SError interrupt',
    'serror',
    ['SError Interrupt on CPU0, code 0x00000000be000011 -- SError', ...pc('random_place+0x4/0x8')],
  ],
  [
    'hung task hyplab-hung in sleep_for_ever [fault_maker]',
    'hung-task',
    [
      'INFO: task hyplab-hung:60 blocked for more than 10 seconds.',
      '      Not tainted 6.18.5 #1',
      '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
      'task:hyplab-hung state:D stack:0 pid:60 tgid:60 ppid:2 task_flags:0x208040 flags:0x00000010',
      ...trace(
        '__switch_to+0xf0/0x150 (T)',
        '__schedule+0x248/0x8b0',
        'schedule+0x34/0x110',
        'sleep_for_ever+0x1c/0x30 [fault_maker]',
        'kthread+0x130/0x208',
        'ret_from_fork+0x10/0x20',
      ),
    ],
  ],
  [
    'soft lockup in do_soft_lockup [fault_maker]',
    'soft-lockup',
    [
      'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:60]',
      'Modules linked in: fault_maker(O+)',
      ...pc('__delay+0x30/0xb0'),
      ...trace(
        '__delay+0x30/0xb0 (P)',
        '__const_udelay+0x2c/0x40',
        'do_soft_lockup+0x30/0x50 [fault_maker]',
        'do_one_initcall+0x54/0x2c0',
      ),
    ],
  ],
  [
    'RCU stall of init in do_rcu_stall [fault_maker]',
    'rcu-stall',
    [
      'rcu: INFO: rcu_sched self-detected stall on CPU',
      'rcu: \t0-....: (2099 ticks this GP) idle=0b2c/1/0x4000000000000002 softirq=29/29 fqs=1050',
      'rcu: \t(t=2100 jiffies g=-1123 q=3 ncpus=1)',
      ...pc('arch_counter_get_cntvct+0x8/0x10'),
      ...trace('__delay+0x30/0xb0 (P)', 'do_rcu_stall+0x30/0x50 [fault_maker]'),
    ],
  ],
  [
    'KASAN: slab-out-of-bounds in do_out_of_bounds [fault_maker]',
    'kasan',
    [
      rule,
      'BUG: KASAN: slab-out-of-bounds in do_out_of_bounds+0x78/0xa0 [fault_maker]',
      'Read of size 1 at addr ffff0000c5a0b140 by task init/60',
      '',
      cpu,
      ...trace('show_stack+0x2c/0x40 (C)', 'kasan_report+0xc8/0x118', 'do_out_of_bounds+0x78/0xa0 [fault_maker]'),
      '',
      'Memory state around the buggy address:',
      rule,
    ],
  ],
  [
    'KASAN: invalid-access in do_use_after_free [fault_maker]',
    'kasan',
    [
      rule,
      'BUG: KASAN: invalid-access in __hwasan_check_x0_2_short_v2+0x4/0x34',
      'Read of size 4 at addr f5ff0000c5a0b140 by task init/60',
      '',
      cpu,
      ...trace(
        'show_stack+0x2c/0x40 (C)',
        'kasan_report+0xc8/0x118',
        '__hwasan_tag_mismatch+0x4/0x30',
        'do_use_after_free+0x78/0xa0 [fault_maker]',
      ),
      rule,
    ],
  ],
  [
    'KCSAN: data-race in a_reads / b_writes',
    'kcsan',
    [
      rule,
      'BUG: KCSAN: data-race in b_writes / a_reads',
      '',
      'write to 0xffff0000c5a0b140 of 8 bytes by task 60 on cpu 0:',
      rule,
    ],
  ],
  [
    'UBSAN: shift-out-of-bounds at guest/fault-maker.c:158',
    'ubsan',
    [
      cut,
      'UBSAN: shift-out-of-bounds in guest/fault-maker.c:158:30',
      'shift exponent 77 is too large',
      cpu,
      ...trace('show_stack+0x20/0x40 (C)', '__ubsan_handle_shift_out_of_bounds+0x1/0x2'),
      '---[ end trace ]---',
    ],
  ],
  [
    'sleeping function called from invalid context in do_atomic_sleep [fault_maker] at kernel/time/timer.c:2386',
    'atomic',
    [
      'BUG: sleeping function called from invalid context at kernel/time/timer.c:2386',
      'in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 60, name: init',
      'preempt_count: 1, expected: 0',
      cpu,
      ...trace(
        'show_stack+0x20/0x40 (C)',
        'dump_stack_lvl+0x60/0x80',
        '__might_resched+0x128/0x168',
        '__might_sleep+0x50/0x88',
        'msleep+0x2c/0x60',
        'do_atomic_sleep+0x24/0x40 [fault_maker]',
      ),
    ],
  ],
  [
    'scheduling while atomic in do_atomic_sleep [fault_maker]',
    'atomic',
    [
      'BUG: scheduling while atomic: init/1/0x00000002',
      'Modules linked in:',
      cpu,
      ...trace(
        'show_stack+0x20/0x40 (C)',
        '__schedule_bug+0x50/0x70',
        '__schedule+0x7f0/0x8b0',
        'schedule+0x34/0x110',
        'schedule_timeout+0x80/0x108',
        'msleep+0x2c/0x60',
        'do_atomic_sleep+0x24/0x40 [fault_maker]',
      ),
    ],
  ],
  [
    'lockdep: possible circular locking dependency detected in do_lock_order [fault_maker]',
    'lockdep',
    [
      '='.repeat(54),
      'WARNING: possible circular locking dependency detected',
      '6.18.5 #1 Tainted: G           O',
      '-'.repeat(54),
      'init/60 is trying to acquire lock:',
      'ffffd1c0a2b3c4d8 (one){+.+.}-{4:4}, at: do_lock_order+0x54/0x80 [fault_maker]',
      '',
      'stack backtrace:',
      cpu,
      ...trace('show_stack+0x20/0x40 (C)'),
    ],
  ],
  [
    'lockdep: suspicious RCU usage: rcu_dereference_check() at kernel/x.c:12',
    'lockdep',
    [
      '='.repeat(29),
      'WARNING: suspicious RCU usage',
      '6.18.5 #1 Not tainted',
      '-'.repeat(29),
      'kernel/x.c:12 suspicious rcu_dereference_check() usage!',
      ...trace('x+0x1/0x2'),
    ],
  ],
  [
    'out of memory',
    'oom',
    [
      'init invoked oom-killer: gfp_mask=0x40cc0(GFP_KERNEL|__GFP_COMP), order=0, oom_score_adj=0',
      cpu,
      ...trace('dump_header+0x1/0x2'),
      'Mem-Info:',
      'Out of memory: Killed process 60 (init) total-vm:1kB, anon-rss:0kB',
    ],
  ],
  [
    'WARN at drivers/x.c:42',
    'warn',
    [cut, 'WARNING: CPU: 0 PID: 60 at drivers/x.c:42 0xffffffff81000000', 'Modules linked in:', end],
  ],
  [
    'NULL pointer dereference in foo_probe',
    'oops',
    [
      'Unable to handle kernel NULL pointer dereference at virtual address 00000000 when write',
      '[00000000] *pgd=00000000',
      'Internal error: Oops: 805 [#1] SMP ARM',
      'CPU: 0 PID: 60 Comm: init Not tainted 6.6.0 #1',
      'PC is at foo_probe+0x10/0x20',
      'LR is at really_probe+0x10/0x20',
    ],
  ],
  [
    'page domain fault in foo_probe',
    'oops',
    [
      '8<--- cut here ---',
      'Unhandled fault: page domain fault (0x01b) at 0x00000000',
      'pgd = (ptrval)',
      '[00000000] *pgd=00000000',
      'Internal error: : 1b [#1] SMP ARM',
      'CPU: 0 PID: 60 Comm: init Not tainted 5.9.0 #1',
      'PC is at foo_probe+0x10/0x20',
      'LR is at really_probe+0x10/0x20',
      end,
    ],
  ],
  [
    // Of 4.9 to 5.10: user space had one right before, which is none of the kernel's.
    'imprecise external abort in foo_copies',
    'oops',
    [
      'Unhandled fault: imprecise external abort (0xc06) at 0x76ef7e54',
      'pgd = 80004000',
      '[76ef7e54] *pgd=00000000',
      'Internal error: : c06 [#1] SMP ARM',
      'CPU: 0 PID: 60 Comm: init Tainted: G           O    4.9.144 #2',
      'PC is at arm_copy_from_user+0x160/0x3d8',
      'LR is at 0x6e69622f',
      '[<80017670>] (arm_copy_from_user) from [<8001328c>] (foo_copies+0x20/0x24)',
      '[<8001328c>] (foo_copies) from [<80533858>] (foo_calls+0x9c/0xd4)',
      end,
    ],
  ],
  [
    'hung task hyplab-hung in a_waits [x]',
    'hung-task',
    [
      'INFO: task hyplab-hung:60 blocked for more than 10 seconds.',
      '      Not tainted 6.18.5 #1',
      '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
      'task:hyplab-hung     state:D stack:0     pid:60    tgid:60    ppid:2      flags:0x00000000',
      'Call trace: ',
      ' __schedule from schedule+0x20/0xac',
      ' schedule from a_waits+0x88/0xf0 [x]',
      ' a_waits [x] from kthread+0xe0/0xfc',
      ' kthread from ret_from_fork+0x14/0x28',
    ],
  ],
  [
    'RCU stall of stuck in do_stuck',
    'rcu-stall',
    [
      'rcu: INFO: rcu_sched self-detected stall on CPU',
      'rcu: \t1-....: (8382 ticks this GP) idle=3a04/1/0x40000002 softirq=118/122 fqs=1344',
      'rcu: \t(t=8403 jiffies g=-1055 q=60 ncpus=2)',
      "rcu: rcu_sched kthread timer wakeup didn't happen for 1518 jiffies! g-1055 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x402",
      'rcu: \tPossible timer handling issue on cpu=0 timer-softirq=1623',
      'rcu: rcu_sched kthread starved for 1519 jiffies! g-1055 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x402 ->cpu=0',
      'rcu: \tUnless rcu_sched kthread gets sufficient CPU time, OOM is now expected behavior.',
      'rcu: RCU grace-period kthread stack dump:',
      'task:rcu_sched       state:I stack:0     pid:14    tgid:14    ppid:2      flags:0x00000000',
      ' __schedule from schedule+0x20/0xac',
      ' schedule from schedule_timeout+0x88/0xf0',
      ' rcu_gp_kthread from kthread+0xe0/0xfc',
      'Exception stack(0xc8849fb0 to 0xc8849ff8)',
      'CPU: 1 UID: 0 PID: 60 Comm: stuck Tainted: G           O        6.18.5 #1 NONE',
      'PC is at do_stuck+0x8/0x10',
      'LR is at do_more+0x8/0x10',
      'Call trace: ',
      ' do_stuck from kthread+0xe0/0xfc',
    ],
  ],
  [
    'RCU stall of python in a_waits',
    'rcu-stall',
    [
      'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:',
      'rcu: \t1-...!: (1 ticks this GP) idle=ff6/1/0x4000000000000002 softirq=1808567/1808567 fqs=0',
      '\t(detected by 0, t=2102 jiffies, g=3449541, q=101)',
      'Task dump for CPU 1:',
      'python          R  running task        0   554      1 0x00000002',
      ...trace('__switch_to+0xd4/0xf8', 'a_waits+0x1/0x2'),
    ],
  ],
  [
    'RCU stall of stuck in do_stuck [x]',
    'rcu-stall',
    [
      'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
      'rcu: \t1-...!: (0 ticks this GP) idle=1b2c/1/0x4000000000000000 softirq=9/9 fqs=0',
      'rcu: \t(detected by 0, t=2102 jiffies, g=-1123, q=3 ncpus=2)',
      'rcu: rcu_preempt kthread starved for 2102 jiffies! g-1123 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x0 ->cpu=1',
      'rcu: \tUnless rcu_preempt kthread gets sufficient CPU time, OOM is now expected behavior.',
      'rcu: RCU grace-period kthread stack dump:',
      'task:rcu_preempt     state:R  running task     stack:0     pid:15    tgid:15    ppid:2      flags:0x00000008',
      ...trace('__switch_to+0xe0/0x120 (T)', 'rcu_gp_fqs_loop+0x1/0x2', 'kthread+0x130/0x208'),
      'Sending NMI from CPU 0 to CPUs 1:',
      'NMI backtrace for cpu 1',
      'CPU: 1 UID: 0 PID: 60 Comm: stuck Tainted: G           O        6.18.5 #1 NONE',
      'pc : do_stuck+0x8/0x10 [x]',
      ...trace('do_stuck+0x8/0x10 [x] (P)', 'kthread+0x130/0x208'),
    ],
  ],
  [
    'RCU stall of hyplab stuck in do_blocks',
    'rcu-stall',
    [
      'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
      'rcu: \tTasks blocked on level-0 rcu_node (CPUs 0-1): P60/1:b..l',
      'rcu: \t(detected by 1, t=2102 jiffies, g=-1123, q=3 ncpus=2)',
      'task:hyplab stuck    state:R  running task     stack:0     pid:60    tgid:60    ppid:2      flags:0x00000008',
      ...trace('__switch_to+0xe0/0x120 (T)', '__schedule+0x248/0x8b0', 'do_blocks+0x1/0x2'),
    ],
  ],
  [
    'Bad page state in a_frees',
    'corruption',
    [
      'BUG: Bad page state in process init  pfn:42f91',
      'page: refcount:0 mapcount:1 mapping:0000000000000000 index:0x0 pfn:0x42f91',
      cpu,
      ...trace(
        'show_stack+0x20/0x40 (C)',
        'dump_stack_lvl+0x60/0x80',
        'bad_page+0x90/0x120',
        'free_page_is_bad_report+0x80/0x90',
        '__free_frozen_pages+0x1/0x2',
        'a_frees+0x1/0x2',
      ),
    ],
  ],
  [
    'NULL pointer dereference in a_clears',
    'oops',
    [
      'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010',
      'Internal error: Oops: 0000000096000044 [#1]  SMP',
      ...pc('__memset+0x54/0x188'),
      ...trace('__memset+0x54/0x188 (P)', '__hwasan_memset+0x20/0x40', 'a_clears+0x1/0x2'),
      end,
    ],
  ],
  [
    'WARN in a_leaves at lib/debugobjects.c:615',
    'warn',
    [
      cut,
      'ODEBUG: free active (active state 0) object: 00000000a1b2c3d4 object type: timer_list hint: a_times+0x0/0x20',
      'WARNING: CPU: 0 PID: 60 at lib/debugobjects.c:615 debug_print_object+0x1c0/0x230',
      ...pc('debug_print_object+0x1c0/0x230'),
      ...trace(
        'debug_print_object+0x1c0/0x230 (P)',
        '__debug_check_no_obj_freed+0x1/0x2',
        'kfree+0x1/0x2',
        'a_leaves+0x1/0x2',
      ),
      end,
    ],
  ],
  [
    'NULL pointer dereference in bar_probe',
    'oops',
    [
      'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000',
      'Oops [#1]',
      'CPU: 0 PID: 60 Comm: init Not tainted 6.6.0 #1',
      'epc : bar_probe+0x10/0x20',
      ' ra : really_probe+0x10/0x20',
    ],
  ],
  [
    'memory cgroup out of memory',
    'oom',
    [
      'stress invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=985',
      cpu,
      ...trace('dump_header+0x1/0x2'),
      'memory: usage 102400kB, limit 102400kB, failcnt 25',
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a,task=stress,pid=60,uid=0',
      'Memory cgroup out of memory: Killed process 60 (stress) total-vm:1kB, anon-rss:0kB',
    ],
  ],
  [
    'SLUB: Right Redzone overwritten in kmalloc-64',
    'corruption',
    [
      '='.repeat(77),
      'BUG kmalloc-64 (Tainted: G           O): Right Redzone overwritten',
      '-'.repeat(77),
      '',
      '0xffff0000c5a0b140-0xffff0000c5a0b143 @offset=320',
      ...trace('x+0x1/0x2'),
    ],
  ],
  [
    'panic: hyplab-fault-maker: a panic was asked for',
    'panic',
    [
      'Kernel panic - not syncing: hyplab-fault-maker: a panic was asked for',
      cpu,
      ...trace('panic+0x1/0x2', 'do_panic+0x1/0x2 [fault_maker]'),
      'SMP: stopping secondary CPUs',
      '---[ end Kernel panic - not syncing: hyplab-fault-maker: a panic was asked for ]---',
    ],
  ],
  [
    'panic: Attempted to kill init! exitcode=0x0000000b',
    'panic',
    ['Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b', cpu, 'Rebooting in 5 seconds..'],
  ],
  [
    'no root file system: VFS: Unable to mount root fs on unknown-block(0,0)',
    'no-root',
    [
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
      cpu,
      ...trace('panic+0x1/0x2'),
      '---[ end Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0) ]---',
    ],
  ],
  [
    'hypervisor BUG in __kvm_nvhe_hyp_ffa_init',
    'hyp-panic',
    [
      'kvm [1]: nVHE hyp BUG at: [<ffffd9a1b5a1b0c4>] __kvm_nvhe_hyp_ffa_init+0x1a4/0x1c0!',
      'kvm [1]: nVHE call trace:',
      'kvm [1]:  [<ffffd9a1b5a1b0c4>] __kvm_nvhe_hyp_ffa_init+0x1a4/0x1c0',
      'kvm [1]: ---[ end nVHE call trace ]---',
      'Code: a8c37bfd d50323bf d65f03c0 aa1f03e0 (d4210000)',
      'kvm [1]: Hyp Offset: 0xfffed9a1b2000000',
      'Kernel panic - not syncing: HYP panic:',
      'PS:604023c9 PC:0000d9a1b5a1b0c4 ESR:00000000f2000800',
      'FAR:0000000000000000 HPFAR:0000000000000000 PAR:0000000000000000',
      'VCPU:0000000000000000',
      cpu,
      ...trace('nvhe_hyp_panic_handler+0x1/0x2'),
      '---[ end Kernel panic - not syncing: HYP panic:',
      'PS:604023c9 PC:0000d9a1b5a1b0c4 ESR:00000000f2000800',
      'VCPU:0000000000000000 ]---',
    ],
  ],
  [
    'hypervisor BUG at arch/arm64/kvm/hyp/nvhe/ffa.c:123',
    'hyp-panic',
    ['kvm [1]: nVHE hyp BUG at: arch/arm64/kvm/hyp/nvhe/ffa.c:123!', 'kvm [1]: Hyp Offset: 0xfffed9a1b2000000'],
  ],
]

describe('a report of the kernel', () => {
  it.each(reports)('%s', (title, kind, lines) => {
    const log = stamped('before', ...lines)
    const [fault, ...more] = of(...log, '[    9.000000] Run /init as init process')
    expect(more).toEqual([])
    expect(fault).toMatchObject({ title, kind, where: 'kernel', evidence: { from: 2 } })
    expect(of(...again(log))[0]?.title).toBe(title)
  })

  it.each(reports.filter(([, , lines]) => lines.length > 7))(
    '%s: is quoted to its last line and no further',
    (_title, kind, lines) => {
      const after = ['a line of another kind', 'and one more', 'and a third']
      const [fault] = of(...stamped('before', ...lines, ...after))
      const panics = ['panic', 'hyp-panic', 'no-root', 'no-init'].includes(kind)
      expect(fault?.evidence).toMatchObject({ from: 2, ...(kind !== 'serror' && { to: lines.length + 1 }) })
      expect(fault?.panic).toBe(panics)
    },
  )
})

describe('reports of firmware', () => {
  it.each([
    [
      'TF-A panic: Group0 interrupt 5 not handled',
      'panic',
      ['ERROR:   Group0 interrupt 5 not handled', 'PANIC at PC : 0x000000000e09b2a4'],
    ],
    ['TF-A panic', 'panic', ['PANIC at PC : 0x000000000e09b2a4']],
    [
      'TF-A panic in EL3',
      'panic',
      ['PANIC in EL3.', 'x30            = 0x000000000e09b2a4', 'x0             = 0x0000000000000001'],
    ],
    [
      'TF-A: Unhandled Exception in EL3',
      'exception',
      ['Unhandled Exception in EL3.', 'x30            = 0x000000000e09b2a4'],
    ],
    [
      'TF-A assert at services/std_svc/spmd/spmd_main.c:642',
      'assert',
      [
        'ASSERT: services/std_svc/spmd/spmd_main.c:642',
        'BACKTRACE: START: assert',
        '0: EL3: 0xe0a3b1c',
        'BACKTRACE: END: assert',
      ],
    ],
    ['TF-A assert at bl1/aarch64/x.c:71', 'assert', ['ASSERT: File bl1/aarch64/x.c Line 00071']],
    ['ERROR: BL2: Failed to load image id 4 (-2)', 'load-failure', ['ERROR:   BL2: Failed to load image id 4 (-2)']],
    [
      "OP-TEE panic 'x' in z at core/kernel/y.c:1",
      'panic',
      [
        "E/TC:0 0 Panic 'x' at core/kernel/y.c:1 <z>",
        'E/TC:0 0 TEE load address @ 0xe100000',
        'E/TC:0 0 Call stack:',
        'E/TC:0 0  0x0e1083f4',
      ],
    ],
    [
      'OP-TEE: core data-abort (translation fault)',
      'exception',
      [
        'E/TC:0 0 Core data-abort at address 0x10 (translation fault)',
        'E/TC:0 0  esr 0x96000005  ttbr0 0x20000e1a7000',
      ],
    ],
    [
      'OP-TEE: user mode data-abort (write permission fault)',
      'exception',
      ['E/TC:? 0 User mode data-abort at address 0x0 (write permission fault)'],
    ],
    [
      "OP-TEE assertion 'a > b' failed at core/kernel/y.c:1",
      'assert',
      ["E/TC:0 0 assertion 'a > b' failed at core/kernel/y.c:1 <z>"],
    ],
    [
      'EDK2 assert in Dxe at x.c(42): Size != 0'.replace('x.c(42)', 'x.c:42'),
      'assert',
      ['ASSERT_EFI_ERROR (Status = Not Found)', 'ASSERT [Dxe] /build/edk2/MdePkg/x.c(42): Size != 0'],
    ],
    [
      'EDK2: Synchronous exception in Shell',
      'exception',
      ['Synchronous Exception at 0x000000013C9E5A1C', 'PC 0x00013C9E5A1C (0x00013C9DB000+0x0000AA1C) [ 0] Shell.dll'],
    ],
    [
      'U-Boot: "Synchronous Abort"',
      'exception',
      ['"Synchronous Abort" handler, esr 0x96000045, far 0x0', 'elr: 0000000000001234'],
    ],
    [
      'U-Boot hangs after: No serial driver found',
      'hang',
      ['No serial driver found', '### ERROR ### Please RESET the board ###'],
    ],
    ['Hafnium panic: EL2 exception', 'panic', ['Panic: EL2 exception']],
    [
      'Hafnium: stage-2 page fault of partition 0x8001 (Data Abort injected)',
      'exception',
      [
        'WARNING: Stage-2 page fault: pc=0xe310670, vmid=0x8001, vcpu=0, vaddr=0xd00000, ipaddr=0xd00000, mode=0x1 0x7c',
        'NOTICE: Injecting Data Abort exception into VM 0x8001.',
      ],
    ],
    [
      'Hafnium: stage-1 page fault of partition 0x8002 (aborted)',
      'exception',
      [
        'WARNING: Stage-1 page fault: pc=0x7001000, vmid=0x8002, vcpu=0, vaddr=0x0, ipaddr=0x0, mode=0x1 0x0',
        'NOTICE: Aborting VM 0x8002 vCPU 0',
      ],
    ],
    [
      'Hafnium: stage-2 page fault of partition 0x8001',
      'exception',
      ['Stage-2 page fault: pc=0xe31, vmid=32769, vcpu=0, vaddr=0xd00000, ipaddr=0xd00000, mode=0x1'],
    ],
    [
      'TF-A: Unhandled External Abort from EL3',
      'exception',
      [
        'ERROR:   Unhandled External Abort received on 0x81000000 from EL3',
        'ERROR:   exception reason=0 syndrome=0xbe000411',
        'BACKTRACE: START: panic',
        '0: EL3: 0x7fe0b004',
        'PANIC at PC : 0x000000000e09b2a4',
      ],
    ],
    [
      'TF-A: Unhandled External Abort from EL2',
      'exception',
      [
        'ERROR:   Unhandled External Abort received on 0x80000000 from EL2',
        'ERROR:   exception reason=1 syndrome=0x92000210',
        'Unhandled Exception from lower EL.',
        'x0             = 0x0000000000000000',
      ],
    ],
    [
      'TF-A: Unhandled External Abort from EL3',
      'exception',
      [
        'ERROR:   Unhandled External Abort received on 0x80000000 at EL3!',
        'ERROR:    exception reason=1 syndrome=0x92000210',
        'PANIC at PC : 0x00000000040273bc',
      ],
    ],
    ['ERROR: BL2: Failed to load image (-2)', 'load-failure', ['ERROR:   BL2: Failed to load image (-2)']],
    [
      'OP-TEE: TA bc50d971-d4c9-42c4-82cb-343fb7f37896 panicked with code 0xffff000f',
      'exception',
      [
        'E/TC:? 0 TA panicked with code 0xffff000f',
        'E/LD:  Status of TA bc50d971-d4c9-42c4-82cb-343fb7f37896',
        'E/LD:   arch: aarch64',
        'E/LD:  Call stack:',
        'E/LD:   0x0000000040077838',
      ],
    ],
    ['OP-TEE: TA panicked with code 0x1', 'exception', ['[8001 0] E/TC:? 0 TA panicked with code 0x1']],
    [
      "OP-TEE assertion '!res' failed at core/x.c:87",
      'assert',
      ["VM 8001: E/TC:0 0 assertion '!res' failed at core/x.c:87 <init>"],
    ],
    [
      'EDK2 assert in VariableRuntimeDxe at VariableParsing.c:123: !EFI_ERROR (Status)',
      'assert',
      [
        'ASSERT [VariableRuntimeDxe] /build/edk2/MdeModulePkg/Universal/Variable/RuntimeDx',
        'e/VariableParsing.c(123): !EFI_ERROR (Status)',
      ],
    ],
    [
      'EDK2 assert in DxeCore at Page.c:9: Size != 0',
      'assert',
      ['ASSERT [DxeCore] /build/edk2/MdeModulePkg/Cor', 'e/Dxe/Mem/Page.', 'c(9): Size != 0'],
    ],
    [
      'EDK2 assert in BdsDxe at PlatformBm.c:500: Status == (RETURN_STATUS)(0) || Status == ((RETURN_STATUS)(20))',
      'assert',
      ['ASSERT [BdsDxe] PlatformBm.c(500): Status == (RETURN_STATUS)(0) || Status == ((R', 'ETURN_STATUS)(20))'],
    ],
    ['EDK2 assert in DxeCore', 'assert', ['ASSERT [DxeCore] /build/edk2/MdeModulePkg/Cor', '[Bds] x']],
    [
      'U-Boot: ARP Retry count exceeded',
      'load-failure',
      ['ARP Retry count exceeded; starting again', "ERROR: can't get kernel image!"],
    ],
    [
      'LK panic: critical app storage: exit 127',
      'panic',
      ['panic (@0xffff0000000218c8): critical app storage: exit 127'],
    ],
  ])('%s', (title, kind, lines) => {
    const [fault, ...more] = of(...lines)
    expect(more).toEqual([])
    expect(fault).toMatchObject({ title, kind, where: 'firmware' })
    expect(of(...lines.map((line) => line.replace(/0x[0-9a-fA-F]{9,}/, '0x0000000077777777')))[0]?.title).toBe(title)
  })

  it('is the whole dump of TF-A, and all of what OP-TEE says in a row', () => {
    expect(
      of('PANIC in EL3.', 'x30            = 0x0e09', 'x0             = 0x01', 'and then')[0]?.evidence,
    ).toMatchObject({ from: 1, to: 3 })
    expect(of("E/TC:0 0 Panic 'x' at y.c:1 <z>", 'E/TC:0 0 Call stack:', 'NOTICE:  x')[0]?.evidence).toMatchObject({
      to: 2,
    })
  })

  const uboot = ['U-Boot 2025.01 (x)', 'resetting ...']
  it('is a loop of resets, unless a kernel comes', () => {
    expect(of(...uboot, ...uboot)).toEqual([])
    expect(of(...uboot, ...uboot, ...uboot)).toMatchObject([
      { kind: 'reset-loop', title: 'U-Boot starts again and again, and no kernel comes', evidence: { from: 1, to: 5 } },
    ])
    const boots = [...uboot, '[    0.000000] Linux version 6.18.5 (x) (y) #1']
    expect(of(...boots, ...boots, ...boots)).toEqual([])
  })
})

describe('a title', () => {
  const title = (...lines: string[]) => of(...stamped(...lines))[0]?.title
  it('names who called where the function that complains only checks for others', () => {
    const warn = 'WARNING: CPU: 0 PID: 60 at lib/refcount.c:28 refcount_warn_saturate+0xf4/0x144'
    const of = (caller: string) =>
      title(
        cut,
        'refcount_t: underflow; use-after-free.',
        warn,
        ...pc('refcount_warn_saturate+0xf4/0x144'),
        ...trace('refcount_warn_saturate+0xf4/0x144', caller),
        end,
      )
    expect(of('a_put+0x1/0x2 [a]')).toBe('WARN in a_put [a] at lib/refcount.c:28')
    expect(of('b_put+0x1/0x2 [b]')).toBe('WARN in b_put [b] at lib/refcount.c:28')
    expect(title(warn)).toBe('WARN in refcount_warn_saturate at lib/refcount.c:28')
  })

  it('has no mark of the assembler for a function', () => {
    expect(title('kvm [1]: nVHE hyp BUG at: [<ffff800080f1b3c8>] __kvm_nvhe_$x.15+0x5c/0x60!')).toBe('hypervisor BUG')
  })

  it('has no time', () => {
    const panic = 'Kernel panic - not syncing: '
    expect(title(`${panic}it barks! Now = 99.50`)).toBe(title(`${panic}it barks! Now = 7.1`))
    expect(title(`${panic}no answer for 31 s`)).toBe(title(`${panic}no answer for 4.5 s`))
    expect(title(`${panic}no SMCCC 1.1`)).toBe('panic: no SMCCC 1.1')
  })
})

it('keeps the place of an assertion whose condition is long, as a hostile caller once made OP-TEE print it', () => {
  const condition =
    'value == NOTIF_VALUE_DO_BOTTOM_HALF && spmc_notif_is_ready && nvb->do_bottom_half_value >= 0 && notif_intid >= 0'
  const place = 'core/arch/arm/kernel/thread_spmc.c:1916'
  const [fault] = of(`E/TC:0   assertion '${condition}' failed at ${place} <notif_send_async>`)
  expect(fault?.title).toBe(
    `OP-TEE assertion 'value == NOTIF_VALUE_DO_BOTTOM_HALF && spmc_notif_is_ready && nvb->do_bottom_...' failed at ${place}`,
  )
})

describe('reports that two CPUs write at a time', () => {
  const one = [
    'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000',
    'Internal error: Oops: 0000000096000004 [#1]  SMP',
    ...pc('a_breaks+0x1/0x2'),
    ...trace('a_breaks+0x1/0x2 (P)', 'a_calls+0x1/0x2'),
    end,
  ]
  const other = [
    cut,
    'WARNING: CPU: 1 PID: 0 at kernel/b.c:7 b_warns+0x1/0x2',
    ...pc('b_warns+0x1/0x2'),
    ...trace('b_warns+0x1/0x2 (P)', 'b_calls+0x1/0x2'),
    end,
  ]
  /** The lines of both, taken in turns. */
  const woven = (first: [string, string[]], second: [string, string[]]) => {
    const [a, b] = [first, second].map(([caller, lines]) => lines.map((line) => `[${caller.padStart(8)}] ${line}`))
    const all = Array.from({ length: Math.max(a!.length, b!.length) }, (_, n) => [a![n], b![n]]).flat()
    return all.filter((line) => line !== undefined).map((line, n) => `[    1.${String(n).padStart(6, '0')}]${line}`)
  }

  it.each([
    ['a task and an interrupt', 'T123', 'C1'],
    ['two tasks', 'T1', 'T12'],
  ])('are told apart by the caller: %s', (_name, a, b) => {
    const log = woven([a, one], [b, other])
    expect(of(...log)).toMatchObject([
      { title: 'NULL pointer dereference in a_breaks', kind: 'oops', evidence: { from: 1 } },
      { title: 'WARN in b_warns at kernel/b.c:7', kind: 'warn', evidence: { from: 2 } },
    ])
    expect(of(...woven([a, other], [b, one])).map(({ title }) => title)).toEqual([
      'NULL pointer dereference in a_breaks',
      'WARN in b_warns at kernel/b.c:7',
    ])
  })

  it('may be of the same kind: what die() says belongs to whose fault it is', () => {
    const second = one.map((line) => line.replaceAll('a_', 'b_').replace('#1', '#2'))
    expect(of(...woven(['T60', one], ['T61', second])).map(({ title }) => title)).toEqual([
      'NULL pointer dereference in a_breaks',
      'NULL pointer dereference in b_breaks',
    ])
  })

  it('end where a panic of the same caller begins', () => {
    const panics = [
      'Kernel panic - not syncing: Oops: Fatal exception',
      '---[ end Kernel panic - not syncing: Oops: Fatal exception ]---',
    ]
    expect(
      of(...woven(['T60', [...one, ...panics]], ['C1', other]))
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['oops', 'panic', 'warn'])
  })
})

it('of a 32-bit kernel an abort of user space is no fault', () => {
  expect(
    of(
      ...stamped(
        '8<--- cut here ---',
        'Unhandled fault: alignment exception (0x801) at 0xbe8c3fb1',
        'pgd = 1a2b3c4d',
        'x',
      ),
    ),
  ).toEqual([])
})

describe('where a report ends', () => {
  const paging = reports.find(([title]) => title.startsWith('NULL'))![2]
  it('is before a panic, which is a fault of its own', () => {
    const log = stamped(
      ...paging,
      'Kernel panic - not syncing: Oops: Fatal exception',
      '---[ end Kernel panic - not syncing: Oops: Fatal exception ]---',
    )
    expect(of(...log)).toMatchObject([
      { kind: 'oops', evidence: { to: paging.length } },
      { kind: 'panic', panic: true },
    ])
  })

  it('is with its call trace where its closing line was lost, and after 12 lines where all was', () => {
    const lost = paging.filter((line) => line !== end)
    expect(of(...stamped(...lost, ...Array.from({ length: 30 }, () => 'x')))[0]?.evidence).toMatchObject({
      to: lost.length,
    })
    expect(of(...stamped(paging[0]!, ...Array.from({ length: 30 }, () => 'x')))[0]?.evidence).toMatchObject({ to: 12 })
  })

  it('is before the next fault where no trace shows, as in what grep or journalctl -p err leaves', () => {
    const titles = (...lines: string[]) => of(...stamped(...lines)).map(({ title }) => title)
    expect(
      titles(
        'INFO: task a:10 blocked for more than 120 seconds.',
        '      Not tainted 6.18.5 #1',
        'INFO: task b:11 blocked for more than 120 seconds.',
        'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [c:12]',
        'Out of memory: Killed process 13 (d) total-vm:1kB',
        'WARNING: CPU: 0 PID: 1 at kernel/e.c:10 e+0x1/0x2',
        cut,
        'WARNING: CPU: 0 PID: 1 at kernel/f.c:10 f+0x1/0x2',
        ...trace('f+0x1/0x2'),
        rule,
        'BUG: KASAN: slab-use-after-free in g+0x1/0x2',
      ),
    ).toEqual([
      'hung task a',
      'hung task b',
      'soft lockup',
      'out of memory',
      'WARN in e at kernel/e.c:10',
      'WARN in f at kernel/f.c:10',
      'KASAN: slab-use-after-free in g',
    ])
    const [first, second] = of(
      ...stamped('WARNING: CPU: 0 PID: 1 at e.c:1 e+0x1/0x2', 'x', cut, ...reports[0]![2].slice(1)),
    )
    expect(first?.evidence).toMatchObject({ from: 1, to: 2 })
    expect(second?.evidence).toMatchObject({ from: 3, to: 2 + reports[0]![2].length })
  })

  it('is not before what die() or a failed check says of the same fault', () => {
    const died = 'Internal error: Oops - BUG: 00000000f2000800 [#1]  SMP'
    expect(of(...stamped(paging[0]!, died))).toHaveLength(1)
    expect(
      of(...stamped('list_del corruption. prev->next should be x', cut, 'kernel BUG at lib/list_debug.c:59!', died)),
    ).toHaveLength(1)
    expect(of(...stamped(...paging, died))).toHaveLength(2)
  })

  it('is before a fault of another world', () => {
    const warning = 'WARNING: BL31: BL32 initialization failed'
    const [firmware, kernel] = of(warning, ...stamped('x', 'Kernel panic - not syncing: y'))
    expect(firmware?.evidence).toMatchObject({ from: 1, to: 1 })
    expect(kernel).toMatchObject({ kind: 'panic', evidence: { from: 3 } })
    expect(of('SPMC initialisation failed 0xffffffff'.replace(/^/, 'ERROR:   '), warning)).toHaveLength(1)
  })

  it('of a boot loader is before a kernel speaks, with a stamp or without, and before other firmware', () => {
    const gaveUp = ['Wrong Image Format for bootm command', "ERROR: can't get kernel image!", 'Starting kernel ...', '']
    for (const next of [
      '[    0.000000] Linux version 6.6.1 (a@b) (gcc) #1 SMP',
      'Linux version 6.6.1 (a@b) (gcc) #1 SMP',
      'I/TC: Primary CPU initializing',
      'NOTICE:  BL31: v2.12.1(release):',
    ])
      expect(of(...gaveUp, next, 'x')[0]?.evidence, next).toMatchObject({ from: 1, to: 4 })
    expect(of(...gaveUp, 'WARNING: adjusting available memory', 'ERROR: x')[0]?.evidence).toMatchObject({ to: 6 })
  })

  it('is where firmware speaks again after a panic that resets', () => {
    const log = stamped('Kernel panic - not syncing: x', 'Call trace:', ' a+0x1/0x2')
    expect(of(...log, 'INFO:      CPU Node : MPID 0x0, State OFF (0x2)')[0]?.evidence).toMatchObject({ to: 3 })
  })

  it('begins with the cut-here line before what a WARN has to say', () => {
    const warn = reports[0]![2]
    const [fault] = of(...stamped('x', cut, 'what it says', ...warn.slice(1)))
    expect(fault?.evidence).toMatchObject({ from: 2, to: warn.length + 2 })
    expect(of(...stamped(cut, end, ...warn.slice(1)))[0]?.evidence).toMatchObject({ from: 3 })
  })

  it('is where the log ends, on a real panic', () => {
    const [fault, ...more] = faultsOf(consolesOf(noInit))
    expect(more).toEqual([])
    expect(fault).toMatchObject({ kind: 'no-init', title: 'no init: No working init found', evidence: { from: 637 } })
  })
})

describe('two reports that are said at once', () => {
  const said = (...lines: [caller: string, text: string][]) =>
    of(...lines.map(([caller, text], n) => `[    5.${String(n).padStart(6, '0')}][${caller.padStart(6)}] ${text}`))
  const unable = 'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010'
  const oops = 'Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP'

  it('are told by their callers', () => {
    const found = said(
      ['T100', unable],
      ['T200', unable],
      ['T100', oops],
      ['T200', oops],
      ['T100', 'pc : foo+0x1/0x20'],
      ['T200', 'pc : bar+0x1/0x20'],
    )
    expect(found.at(-1)?.title).toBe('NULL pointer dereference in bar')
  })

  it('unless other CPUs say what the first one asks them', () => {
    const stalled = said(['C0', 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'], ['C1', 'pc : foo+0x1/0x20'])
    expect(stalled[0]?.title).toBe('RCU stall in foo')
  })
})

describe('a fault is no more than a warning', () => {
  const warnings = (...lines: string[]) => of(...lines).map(({ warning }) => warning)
  const invoked = 'stress invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'
  it.each([
    ['the killed process', ['Memory cgroup out of memory: Killed process 99 (stress) total-vm:108000kB']],
    ['the constraint', [invoked, 'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null)']],
    ['the call trace', [invoked, 'Call Trace:', ' out_of_memory+0x1/0x2', ' mem_cgroup_out_of_memory+0x1/0x2']],
  ])('where %s tells of a memory cgroup', (_name, lines) => {
    expect(of(...stamped(...lines))).toMatchObject([{ title: 'memory cgroup out of memory', warning: true }])
  })

  it.each([
    ['the machine has no memory left', [invoked, 'oom-kill:constraint=CONSTRAINT_NONE,task_memcg=/a']],
    ['nothing tells whose memory it was', [invoked]],
  ])('not where %s', (_name, lines) => {
    expect(of(...stamped(...lines))).toMatchObject([{ title: 'out of memory', warning: false }])
  })

  it('where a boot loader could not load and a kernel came all the same, on whatever console', () => {
    const gaveUp = 'Wrong Image Format for bootm command'
    const banner = '[    0.000000] Linux version 6.6.1 (a@b) (gcc) #1 SMP'
    expect(warnings(gaveUp, banner)).toEqual([true])
    expect(warnings(gaveUp, 'Starting kernel ...')).toEqual([false])
    expect(warnings(banner, 'U-Boot 2025.01 (Jan 01 2025 - 00:00:00)', gaveUp)).toEqual([false])
    expect(faultsOf([consoleOf(gaveUp), consoleOf(banner, 'uart1')])).toMatchObject([{ warning: true }])
    // Nothing comes in the place of a partition manager.
    expect(warnings('WARNING: BL31: BL32 initialization failed', banner)).toEqual([false])
  })
})

describe('any text', () => {
  const words = reports.flatMap(([, , lines]) => lines)
  it('gives faults in order, each with lines and a title, and never throws', () => {
    const line = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 30 }))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        let last = 0
        for (const { evidence, title } of of(...lines)) {
          expect(evidence.to).toBeGreaterThanOrEqual(evidence.from)
          expect(evidence.to).toBeGreaterThan(last)
          expect(title).toMatch(/^\S/)
          last = evidence.to
        }
      }),
      { numRuns: 300 },
    )
  })
})
