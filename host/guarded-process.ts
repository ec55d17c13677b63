import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'

/**
 * The guard: a shell that owns a process group and dies with us. Its standard input is a pipe from this process; when
 * we die, however we die, the pipe closes, `read` returns and the whole group is killed. PDEATHSIG would not reach the
 * children of `make`, and a handler of ours cannot run after kill -9.
 */
const guard = `
"$@" </dev/null 3<&- &
child=$!
( read -r _ <&3; kill -KILL 0 ) &
watcher=$!
exec 3<&-
wait "$child"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`

export interface GuardedOptions {
  cwd?: string
  env?: Record<string, string>
  /** Standard output and error are appended to this file; otherwise they are pipes on the returned process. */
  logFile?: string
}

/** A command in a process group of its own that cannot outlive this process. */
export interface GuardedProcess {
  /** The group's id, which is also the guard's process id. */
  pgid: number
  child: ChildProcess
  /** Resolves when the guard has gone; `code` is the command's exit code, or 128 + signal number, as a shell reports it. */
  ended: Promise<{ code: number }>
  /** Sends a signal to the whole group; no error when it has gone already. */
  kill(signal?: NodeJS.Signals): void
}

/**
 * Starts a command in its own process group, bound to the life of this process.
 * @throws LabError is not used here: a command that cannot be started ends with code 127, as in a shell.
 */
export function startGuarded(command: string, args: string[], options: GuardedOptions = {}): GuardedProcess {
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a')
  const output = log ?? 'pipe'
  // fd 3 is the pipe whose closing tells the guard that its owner died.
  const child = spawn('/bin/sh', ['-c', guard, 'guard', command, ...args], {
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
  })
  if (log !== undefined) closeSync(log)
  const pgid = child.pid ?? 0
  const ended = new Promise<{ code: number }>((resolve) => {
    child.once('error', () => resolve({ code: 127 }))
    child.once('exit', (code, signal) => resolve({ code: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15) }))
  })
  return { pgid, child, ended, kill: (signal = 'SIGTERM') => killGroup(pgid, signal) }
}

function killGroup(pgid: number, signal: NodeJS.Signals): void {
  if (pgid <= 1) return
  try {
    process.kill(-pgid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
