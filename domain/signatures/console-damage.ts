import type { TaintKind } from '../taint.ts'
import { kernels, type Signature } from './signature.ts'

const servers = ['ser2net 4.3.11', 'conserver 8.2.7', 'inetutils-telnet 2.4', 'OpenSSH 9.2', 'ipmitool 1.8.19'] as const

/** Lines that say that the console, or the host below the target, is not to be trusted; the text of what stands between target and us is never evidence. */
export const consoleDamage: Signature[] = [
  // 5.15 and 6.12 count in %llu and %lu; until 4.x without the line's end.
  damage('dropped', 'lost', /^\*\* (?<count>\d+) printk messages dropped \*\*/, 'kernel/printk/printk.c:2941'),
  damage('early-dropped', 'lost', /^printk: dropped (?<count>\d+) messages$/, 'kernel/printk/printk.c:1253'),
  damage(
    'overrun',
    'overrun',
    /^(?:\S+ )?(?<port>tty\w+): (?<count>\d+) input overrun\(s\)$/,
    'drivers/tty/n_tty.c:1154 n_tty_receive_overrun()',
  ),
  damage(
    'contention',
    'host-contention',
    /^(?:hrtimer: interrupt took (?<took>\d+) ns|clocksource: (?:timekeeping watchdog on CPU\d+: |Long readout interval, skipping watchdog check: |wd-\S+-wd excessive read-back delay)|sched: RT throttling activated|perf: interrupt took too long |workqueue: \S+ hogged CPU for >\d+us )/,
    'kernel/time/hrtimer.c:1961, clocksource.c:272,508,522, sched/rt.c:887, events/core.c:605, workqueue.c:1345',
  ),
  server(
    'server-lost',
    /^(?:Port already in use|Device open failure: .+|\[-- Console down -- .*|\[-- Console up -- .*|Connection closed by foreign host\.|Connection to \S+ closed(?: by remote host)?\.|telnet: (?:Unable to connect to remote host|connect to address \S+): .+|ssh: connect to host .+|(?:Error: )?SOL session closed by BMC|\[?SOL [Ss]ession (?:closed|lost).*|\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d socat\[\d+\] [EF] .+|FATAL: cannot open \/dev\/tty\S+: .+|qemu-system-\w+: terminating on signal \d+.*)$/,
    'ser2net dataxfer.c; conserver group.c; telnet, ssh, ipmitool, socat, picocom; QEMU system/runstate.c',
  ),
  server(
    'server',
    /^(?:ser2net port \S+ .+|\[Enter `.*' for help\]|\[-- MOTD -- .*|Trying \d[\d.:a-fA-F]+\.\.\.|Connected to \S+\.|Escape character(?: is|:) .+|\[SOL Session operational\. {2}Use .+|Terminal ready|terminal_\d: Listening for serial connection on port \d+|\(qemu\) .*)$/,
    'ser2net banners; conserver group.c; telnet; ipmitool; picocom; Arm FVP; QEMU monitor',
  ),
]

function damage(name: string, taint: TaintKind, pattern: RegExp, source: string): Signature {
  return { id: `damage.${name}`, pattern, world: 'NS', kind: 'fact', taint, known: kernels, source }
}

function server(name: string, pattern: RegExp, source: string): Signature {
  const id = `damage.${name}`
  return { id, pattern, world: 'NS', kind: 'fact', taint: 'console-server', known: servers, source }
}
