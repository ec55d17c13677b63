/** Said of the thread that counts grace periods, which waits for the stalled task (kernel/rcu/tree_stall.h rcu_check_gp_kthread_starvation()). */
const ofGracePeriods =
  /^(?:rcu: )?(?:\S+ kthread (?:starved for|timer wakeup didn't happen for) |RCU grace-period kthread stack dump:)/
/** Dumps of a CPU behind it are again of what stalls (rcu_dump_cpu_stacks(), kernel/sched/core.c dump_cpu_task()). */
const dumps =
  /^(?:Task dump for CPU \d+:|NMI backtrace for cpu \d+|Sending NMI from CPU \d+ to CPUs |CPU: \d+ (?:UID: \d+ )?PID: )/
/** kernel/sched/core.c sched_show_task(), since 5.11. */
const shown = /^task:(?<task>\S.*?) +state:[A-Z]/
/** The same until 5.11, behind `Task dump for CPU 0:` alone: nothing else in it tells what it is. */
const shownOnce = /^(?<task>\S.{0,14}?) +[A-Za-z] +(?:running|\d)/
const taskDump = /^Task dump for CPU \d+:/
/** lib/dump_stack.c dump_stack_print_info(); the task's name may have blanks. */
const stood = /^CPU: \d+ .*?\bComm: (?<task>.+?)(?: Kdump: \w+)? (?:Not tainted|Tainted: )/

/** Whether with a message the report of an RCU stall comes to speak of RCU's own thread. */
export function isOfGracePeriods(message: string): boolean {
  return ofGracePeriods.test(message)
}

/** Takes the messages of an RCU stall's report; returns those that are about what stalls, without what it says of RCU's own thread. */
export function ofStalled(report: readonly string[]): string[] {
  const lines: string[] = []
  let isOwn = false
  for (const line of report) {
    if (isOfGracePeriods(line)) isOwn = true
    else if (dumps.test(line)) isOwn = false
    if (!isOwn) lines.push(line)
  }
  return lines
}

/**
 * Takes the messages of an RCU stall's report; returns the name of the task that the stalled CPU was at, or that blocks the
 * grace period, as its dump names it; undefined where there is no dump.
 */
export function stalledTask(report: readonly string[]): string | undefined {
  let before = ''
  for (const line of ofStalled(report)) {
    const old = taskDump.test(before) ? shownOnce.exec(line) : undefined
    const task = (shown.exec(line) ?? stood.exec(line) ?? old)?.groups?.['task']
    if (task) return task.trim()
    before = line
  }
  return undefined
}
