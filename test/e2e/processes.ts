import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { findProcesses, type ProcessSeen } from '../../host/process-identity.ts'

/**
 * Every live process that belongs to a state folder: it is named on the command line or in the environment, or it is the
 * working folder, or it has a file of it open (a compiler's environment is clean, but its output goes to the build log).
 */
export function processesOf(stateFolder: string): ProcessSeen[] {
  return findProcesses(({ pid, commandLine }) => {
    if (pid === process.pid) return false
    return commandLine.includes(stateFolder) || environmentOf(pid).includes(stateFolder) || uses(pid, stateFolder)
  })
}

/** Those of a state folder's processes whose command line fits. */
export function processesLike(stateFolder: string, commandLine: RegExp): ProcessSeen[] {
  return processesOf(stateFolder).filter((seen) => commandLine.test(seen.commandLine))
}

/** Kills a process; it may have gone by itself. */
export function kill9(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/**
 * Looks again and again until `look` gives something, because neither /proc nor SQLite tells when it changes.
 * @throws Error with `what` when it has given nothing after so many seconds
 */
export async function awaited<T>(
  what: string,
  seconds: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  for (const deadline = performance.now() + seconds * 1000; ;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`${what}: not within ${seconds} s`)
    await delay(10)
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}

function uses(pid: number, folder: string): boolean {
  return linksOf(pid).some((path) => path === folder || path.startsWith(`${folder}/`))
}

function linksOf(pid: number): string[] {
  try {
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => `fd/${fd}`)
    return ['cwd', ...open].map((name) => linkOf(`/proc/${pid}/${name}`))
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
