import { spawn } from 'node:child_process'
import { close, constants, open, readdirSync, readlinkSync, realpathSync } from 'node:fs'
import { promisify } from 'node:util'
import { seeProcess } from './process-identity.ts'

const openFile = promisify(open)
const closeFile = promisify(close)

/** ioctl(2) of asm-generic, the same on arm64 and x86: nobody but root may open the tty from now on, or again all may. */
const TIOCEXCL = 0x540c
const TIOCNXCL = 0x540d

/** A tty that nobody else may use now. */
export interface ExclusiveTty {
  /** Keeps everybody but root from opening the tty; call it when all that is to be open is open. */
  shut(): Promise<void>
  /** Lets everybody in again. */
  release(): Promise<void>
}

/** Somebody else uses a tty. */
export class TtyInUse extends Error {}

/**
 * Takes a tty for this process alone: by flock(2), which picocom, minicom and others ask, root or not, and, when `shut` is
 * called, by TIOCEXCL, which everybody must obey who is not root. A program that had the tty open before and asks for no
 * lock would take some of the bytes: where one is seen, the tty counts as in use. What root's programs have open is seen
 * by root only.
 * @throws TtyInUse with who has it; the system's error when it cannot be opened
 */
export async function takeTty(path: string): Promise<ExclusiveTty> {
  await hush(path)
  // O_NONBLOCK: an open does not wait for a modem's carrier.
  const fd = await openFile(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  try {
    // flock(1) locks the open file description that it inherits, which stays ours when it exits.
    if ((await codeOf('flock', ['--exclusive', '--nonblock', '0'], fd)) !== 0) throw new TtyInUse(whoHas(path))
    const user = usersOf(path)
    if (user !== undefined) throw new TtyInUse(user)
  } catch (error) {
    await closeFile(fd)
    throw error
  }
  let isShut = false
  return {
    shut: async () => {
      isShut = (await ioctl(fd, TIOCEXCL)) === 0
      if (!isShut) throw new Error(`TIOCEXCL is refused by ${path}`)
    },
    release: async () => {
      // The mark is the tty's, not ours: a pty keeps it for as long as its master lives.
      if (isShut) await ioctl(fd, TIOCNXCL)
      await closeFile(fd)
    },
  }
}

/**
 * A tty that nobody has set yet echoes: what a board says as it starts would come back to it as typed, and stop its boot
 * loader. stty opens and sets it within a moment, and the tty keeps that for whoever opens it next; those who use it already
 * have no echo either. Without -hupcl its close would drop DTR, on which some boards' reset hangs.
 */
async function hush(path: string): Promise<void> {
  await codeOf('stty', ['-F', path, '-echo', '-hupcl'], 'ignore')
}

/** Node has no ioctl; perl is in every Debian (perl-base is essential). */
async function ioctl(fd: number, request: number): Promise<number | null> {
  return await codeOf('/usr/bin/perl', ['-e', 'exit(ioctl(STDIN, $ARGV[0], 0) ? 0 : 1)', String(request)], fd)
}

async function codeOf(command: string, args: string[], stdin: number | 'ignore'): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: [stdin, 'ignore', 'ignore'] })
    child.once('error', reject)
    child.once('exit', resolve)
  })
}

function whoHas(path: string): string {
  return usersOf(path) ?? 'another program, or another part of this one'
}

/** The first other process that is seen to have a file open, as `picocom (process 123)`. */
function usersOf(path: string): string | undefined {
  const real = realpathSync(path)
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid || !hasOpen(pid, real)) continue
    const [program] = seeProcess(pid)?.commandLine.split(' ') ?? []
    return `${program || 'a program'} (process ${pid})`
  }
  return undefined
}

function hasOpen(pid: number, real: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === real)
  } catch {
    // Gone meanwhile, or not ours to look at.
    return false
  }
}
