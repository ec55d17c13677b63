import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { runOrThrow } from '../../host/run.ts'
import { fingerprint } from '../../targets/hosts/ssh-connection.ts'
import type { SshHost } from '../../targets/hosts/ssh-connection.ts'
import { startDaemon, type Daemon } from './daemon.ts'

export interface SshdOptions {
  folder: string
  /** TCP, on 127.0.0.1. */
  port: number
  /** More lines for sshd_config(5). */
  config?: string[]
}

/** An sshd with keys of its own, for the user who runs it. */
export interface Sshd extends Daemon {
  /** It as a host of a lab. */
  host(name: string, jump?: string): SshHost
  /** Kills the connections and leaves the daemon. */
  cut(): void
}

/** Starts OpenSSH's sshd. As root it wants /run/sshd, which is made. */
export async function startSshd({ folder, port, config = [] }: SshdOptions): Promise<Sshd> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true })
  const [hostKey, userKey] = [join(folder, 'host'), join(folder, 'user')]
  // One that was stopped and is started again is the same host.
  for (const key of [hostKey, userKey].filter((file) => !existsSync(file)))
    await runOrThrow('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  const file = join(folder, 'sshd_config')
  await writeFile(
    file,
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${userKey}.pub`,
      // The folder is below /tmp.
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'PidFile none',
      'Subsystem sftp internal-sftp',
      ...config,
      '',
    ].join('\n'),
  )
  const daemon = await startDaemon('/usr/sbin/sshd', ['-D', '-e', '-f', file], /Server listening on/)
  const publicKey = Buffer.from((await readFile(`${hostKey}.pub`, 'utf8')).split(' ')[1] ?? '', 'base64')
  const cut = (): void => {
    for (const pid of connectionsOf(daemon.pid)) killConnection(pid)
  }
  return {
    ...daemon,
    cut,
    host: (name, jump) => ({
      name,
      at: 'labs/test.yaml:1:1',
      ssh: {
        address: '127.0.0.1',
        port,
        user: userInfo().username,
        key: { file: userKey },
        hostKey: fingerprint(publicKey),
        ...(jump === undefined ? {} : { jump }),
      },
    }),
    async stop() {
      // Connections are in sessions of their own and would outlive the daemon.
      cut()
      await daemon.stop()
    },
  }
}

/** A host as a lab's file has it. */
export function hostInFile({ ssh: { address, port, user, key, hostKey } }: SshHost): object {
  return { ssh: { address, port, user, key: 'file' in key ? { file: key.file } : 'agent', 'host-key': hostKey } }
}

function killConnection(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It may end by itself between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The processes that serve connections: children of the daemon, which is the guard's child. */
function connectionsOf(guard: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [Number(pid), parentOf(pid)]),
  )
  const childrenOf = (parent: number): number[] => [...parents].filter(([, of]) => of === parent).map(([pid]) => pid)
  return childrenOf(guard)
    .filter((pid) => commandOf(pid).includes('sshd'))
    .flatMap(childrenOf)
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
