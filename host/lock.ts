import { spawn } from 'node:child_process'
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { LabError } from '../domain/errors.ts'

/** A lock that this process holds. */
export interface Lock {
  path: string
  release(): void
}

export interface LockOptions {
  /** Aborting ends the wait with the signal's reason. */
  signal?: AbortSignal
  /** Called once when somebody else holds the lock; `holder` is a process id, as far as it is known. */
  onWait?(holder: number | undefined): void
}

/**
 * Takes an exclusive lock on a file, waiting for as long as another process, or another part of this one, holds it.
 * It is flock(2) on a descriptor of this process: the kernel lets go of it when the process dies, however it dies, and
 * there is no stale lock to guess about. Node opens files close-on-exec, so no child keeps it by accident. The file is
 * never deleted: two processes could then lock two files of one name.
 * @throws LabError ToolMissing without `flock` of util-linux; the signal's reason when aborted.
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const tried = await tryLock(path)
  if (tried !== undefined) return tried
  options.onWait?.(holderOf(path))
  return (await lockFile(path, ['--exclusive'], options.signal)) as Lock
}

/**
 * Takes the lock when it is free.
 * @returns undefined when somebody holds it.
 * @throws LabError ToolMissing without `flock` of util-linux.
 */
export async function tryLock(path: string): Promise<Lock | undefined> {
  return await lockFile(path, ['--exclusive', '--nonblock'], undefined)
}

/**
 * Takes the lock together with others who share it, waiting for as long as somebody holds it alone.
 * @throws as takeLock
 */
export async function shareLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const tried = await lockFile(path, ['--shared', '--nonblock'], undefined)
  if (tried !== undefined) return tried
  options.onWait?.(holderOf(path))
  return (await lockFile(path, ['--shared'], options.signal)) as Lock
}

/**
 * Runs `work` while holding the lock and releases it whatever happens.
 * @throws what takeLock and `work` throw.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(path, options)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** Who wrote their process id into the lock file last; only for messages, since it may have let go by now. */
function holderOf(path: string): number | undefined {
  const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
  return Number.isNaN(pid) ? undefined : pid
}

async function lockFile(path: string, flags: string[], signal: AbortSignal | undefined): Promise<Lock | undefined> {
  signal?.throwIfAborted()
  mkdirSync(dirname(path), { recursive: true })
  const fd = openSync(path, 'a')
  try {
    // flock locks the open file description that it inherits, which stays ours when it exits.
    const code = await exitOf(flags, fd, signal)
    if (code === 0) {
      noteHolder(fd)
      return { path, release: onceOnly(() => closeSync(fd)) }
    }
    if (code === 1 && flags.includes('--nonblock')) {
      closeSync(fd)
      return undefined
    }
    throw new LabError(
      'StoreBroken',
      `flock could not lock ${path} (code ${code}): is the folder on a file system that has locks?`,
    )
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Only for messages, so that a disk without room for it keeps nobody from what makes room. */
function noteHolder(fd: number): void {
  try {
    ftruncateSync(fd)
    writeSync(fd, `${process.pid}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

async function exitOf(flags: string[], fd: number, signal: AbortSignal | undefined): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    const child = spawn('flock', [...flags, '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
    const abort = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', abort, { once: true })
    child.once('error', (cause) =>
      reject(new LabError('ToolMissing', 'Locking needs flock of util-linux: apt-get install util-linux.', { cause })),
    )
    child.once('exit', (code) => {
      signal?.removeEventListener('abort', abort)
      if (signal?.aborted) reject(signal.reason as Error)
      else resolve(code)
    })
  })
}

function onceOnly(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}
