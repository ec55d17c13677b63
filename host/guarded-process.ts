import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { constants } from 'node:os'
import type { Socket } from 'node:net'

/**
 * The guard: a shell that owns a process group and dies with us. Its fd 3 is a socket to this process; when we die,
 * however we die, the socket closes, the watcher's `read` returns and the whole group is killed. PDEATHSIG would not
 * reach the children of `make`, and a handler of ours cannot run after kill -9.
 *
 * Guard and watcher live through the signals that stop the command, else a command that is slow to obey would be left
 * without a guard. When the command has ended, its code is told on fd 3 and then the group is killed, so that nothing
 * that it left in the background stays; while the guard lives its group id cannot be given to a stranger.
 * fds 4 to 8 belong to the command alone: if the guard kept them, their other ends would never see them close. fd 9 is
 * the watcher's alone, so that this process sees when somebody kills it: half a guard is none, and its group is ended.
 */
const guard = `
trap '' TERM INT HUP QUIT
( exec 4<&- 5<&- 6<&- 7<&- 8<&-; read -r _ <&3; kill -KILL 0 ) >/dev/null 2>&1 &
exec 9<&-
code=127
again=
trap 'again=yes' TERM INT HUP QUIT
"$@" </dev/null 3<&- &
child=$!
exec 4<&- 5<&- 6<&- 7<&- 8<&-
while
  again=
  wait "$child"
  waited=$?
  [ "$waited" = 127 ] || code=$waited
  [ "$again" ]
do :; done
echo "$code" >&3
kill -KILL 0
`

const firstChannel = 4
const mostChannels = 5
const watcherFd = 9
/** A guard that ends takes its group with it at once; one that was killed leaves it behind, milliseconds. */
const orphanMs = 100

export interface GuardedOptions {
  cwd?: string
  env?: Record<string, string>
  /** Standard output and error are appended to this file; otherwise they are pipes on the returned process. */
  logFile?: string
  /** How many sockets the command gets, as its fds 4, 5, ...; their other ends are `channels`. */
  channels?: number
  /** Sockets of ours that the command gets behind those, on which reading does not block; we lose them, also when it cannot be started. At most 5 in all. */
  inherit?: Socket[]
}

/** A command in a process group of its own that cannot outlive this process. */
export interface GuardedProcess {
  /** The group's id, which is also the guard's process id; 0 when not even the guard could be started. */
  pgid: number
  child: ChildProcess
  /** Our ends of the command's fds 4, 5, ..., in that order. */
  channels: Socket[]
  /**
   * Resolves when command and guard have gone; `code` is the command's exit code, 128 + signal number when a signal
   * ended it (as a shell reports it), 127 when it could not be started.
   */
  ended: Promise<{ code: number }>
  /** Sends a signal to the whole group; no error when it has gone already. SIGKILL takes the guard too, code 137. */
  kill(signal?: NodeJS.Signals): void
}

/**
 * Starts a command in its own process group, bound to the life of this process: neither the command nor anything that
 * it starts in its group lives on after this process has died or the command itself has ended.
 * It throws no LabError: a command that cannot be started ends with code 127, as in a shell.
 */
export function startGuarded(command: string, args: string[], options: GuardedOptions = {}): GuardedProcess {
  const wanted = options.channels ?? 0
  const inherit = options.inherit ?? []
  if (wanted + inherit.length > mostChannels)
    throw new RangeError(`a guarded process has at most ${mostChannels} channels`)
  const channels = [...Array.from({ length: wanted }, () => 'pipe' as const), ...inherit]
  const unused = Array.from({ length: mostChannels - channels.length }, () => 'ignore' as const)
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a', 0o600)
  const output = log ?? 'pipe'
  const child = spawn('/bin/sh', ['-c', guard, 'guard', command, ...args], {
    detached: true,
    stdio: ['ignore', output, output, 'pipe', ...channels, ...unused, 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
  })
  if (log !== undefined) closeSync(log)
  // At once: until then we would read what is meant for the command.
  for (const socket of inherit) socket.destroy()
  const pgid = child.pid ?? 0
  let gone = pgid === 0
  const ended = whenEnded(child, pgid).finally(() => (gone = true))
  return {
    pgid,
    child,
    channels: streamsOf(child).slice(firstChannel, firstChannel + wanted) as Socket[],
    ended,
    kill: (signal = 'SIGTERM') => {
      // A group that has gone may have given its number to a stranger.
      if (!gone) killGroup(pgid, signal)
    },
  }
}

/** Whether a command with that code was ended by a signal: another try may be left alone. */
export function wasKilled(code: number): boolean {
  return code > 128
}

/** Node leaves `stdio` undefined when this process has no file descriptors left; its types do not say so. */
function streamsOf(child: ChildProcess): (Socket | null | undefined)[] {
  return (child.stdio as unknown as (Socket | null)[] | undefined) ?? []
}

function whenEnded(child: ChildProcess, pgid: number): Promise<{ code: number }> {
  return new Promise((resolve) => {
    const streams = streamsOf(child)
    const [lifeline, watcher] = [streams[3], streams[watcherFd]]
    let told = ''
    lifeline?.on('data', (bytes: Buffer) => (told += bytes.toString('latin1')))
    const lifelineClosed = closing(lifeline)
    child.once('error', () => resolve({ code: 127 }))
    child.once('exit', (code, signal) => {
      const own = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      const orphaned = setTimeout(() => killGroup(pgid, 'SIGKILL'), orphanMs)
      void lifelineClosed.then(() => {
        clearTimeout(orphaned)
        resolve({ code: told.endsWith('\n') ? Number(told) : own })
      })
    })
    void closing(watcher).then(() => {
      // Until the guard was waited for its number is its own.
      if (child.exitCode === null && child.signalCode === null) killGroup(pgid, 'SIGKILL')
    })
  })
}

/** When nobody holds the other end of a socket any longer; that it was reset says no more than that. */
async function closing(socket: Socket | null | undefined): Promise<void> {
  if (!socket) return
  await new Promise<void>((closed) => {
    socket.on('error', () => undefined)
    socket.once('close', () => closed())
    // Read to its end, or the end is never seen.
    socket.resume()
  })
}

function killGroup(pgid: number, signal: NodeJS.Signals): void {
  if (pgid <= 1) return
  try {
    process.kill(-pgid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
