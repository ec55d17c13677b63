import { readdirSync, readFileSync } from 'node:fs'

/** What tells one process from a later one with the same pid. */
export interface ProcessIdentity {
  pid: number
  /** Start time in clock ticks since the host booted: /proc/PID/stat field 22, proc(5). */
  start: number
}

/** A live process as /proc shows it. */
export interface ProcessSeen extends ProcessIdentity {
  pgid: number
  /** Whether somebody stopped it (SIGSTOP, Ctrl-Z): it does nothing until SIGCONT. */
  suspended?: true
  /** Its arguments joined by blanks. */
  commandLine: string
}

/**
 * Looks at one process now.
 * @returns undefined when there is none; a zombie counts as none, because it holds nothing and not every pid 1 reaps.
 */
export function seeProcess(pid: number): ProcessSeen | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Field 2 is the command's name in brackets and may hold blanks and brackets itself: fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ')
    return {
      pid,
      start: Number(fields[19]),
      pgid: Number(fields[2]),
      commandLine,
      ...(fields[0] === 'T' && { suspended: true }),
    }
  } catch {
    return undefined
  }
}

/** Whether that very process still runs, not a later one with its pid. */
export function isRunning(identity: ProcessIdentity): boolean {
  return seeProcess(identity.pid)?.start === identity.start
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: seeProcess(process.pid)?.start ?? 0 }
}

/** All live processes that this user may look at and that fit. */
export function findProcesses(fits: (seen: ProcessSeen) => boolean): ProcessSeen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => seeProcess(Number(name)))
    .filter((seen) => seen !== undefined)
    .filter(fits)
}
