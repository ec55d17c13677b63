import { kernelFault as fault, type FaultRow, rows } from './fault-row.ts'
import { since515 as known, type Signature } from './signature.ts'

const list: FaultRow[] = [
  [
    'hung-task',
    'hung-task',
    /^INFO: task (?<task>.+):(?<pid>\d+) (?:blocked|is blocked|in I\/O wait)(?: in I\/O wait)? for more than (?<seconds>\d+) seconds\.$/,
    'kernel/hung_task.c:247',
    known,
  ],
  [
    'soft-lockup',
    'soft-lockup',
    /^watchdog: BUG: soft lockup - CPU#(?<cpu>\d+) stuck for (?<seconds>\d+)s! \[(?<task>.+):(?<pid>\d+)\]/,
    'kernel/watchdog.c:830',
    known,
  ],
  [
    'hard-lockup',
    'hard-lockup',
    /^(?:watchdog|NMI watchdog): (?:CPU\d+: )?Watchdog detected hard LOCKUP on cpu (?<cpu>\d+)/,
    'kernel/watchdog.c:221',
    known,
  ],
  [
    'rcu-stall',
    'rcu-stall',
    /^(?:rcu: )?INFO: (?<flavour>\S+) (?:self-detected stall on CPU|detected stalls? on (?:CPUs\/)?tasks:|detected stalls\? |detected expedited stalls|detected stall,|detected stall on CPU \d)/,
    'kernel/rcu/tree_stall.h:656,732,851, tree_exp.h:567,570, tasks.h:1113,1900,1962',
    known,
  ],
  ['workqueue-stall', 'workqueue-stall', /^BUG: workqueue lockup - pool/, 'kernel/workqueue.c:7611', known],
]

/** What the kernel says of what does not go on. */
export const kernelStalls: Signature[] = rows(fault, list)
