import { LabError } from '../domain/errors.ts'
import { run } from './run.ts'

/** How a command is started in a network namespace of its own; or the sentence that says why this host has none for us. */
export type OwnNetwork = { through: string[] } | { refused: string }

/** Without root a network namespace takes a user namespace around it, in which our user is called root. */
const ways = [
  ['unshare', '--net', '--'],
  ['unshare', '--user', '--map-root-user', '--net', '--'],
]

/** What a namespace needs before it is of use: its loopback up (it starts down), and the relay to its ports. */
const trial = 'ip link set lo up && command -v socat >/dev/null'

/**
 * Finds out by trying whether this host lets this user have a network namespace: a container's seccomp profile, AppArmor
 * or a sysctl may forbid it. Changes nothing.
 */
export async function ownNetwork(): Promise<OwnNetwork> {
  let said = ''
  for (const through of ways) {
    const [command = '', ...args] = through
    const { code, stderr } = await run(command, [...args, 'sh', '-c', trial])
    if (code === 0) return { through }
    said = stderr.trim().split('\n').at(-1) || 'socat is not installed'
  }
  return { refused: `this host gives no network namespace (${said})` }
}

/** A port of 127.0.0.1 in the namespace, and the Unix socket in the working folder that leads to it from outside. */
export interface Relay {
  port: number
  socket: string
}

/**
 * The command line that runs a command in a network of its own with relays into it; a file system's sockets are the same
 * in all network namespaces. When a relay dies so does the command, and whoever started it can start all of it again.
 * @throws LabError BadInput when a socket's path is none for socat.
 */
export function inOwnNetwork(through: string[], relays: Relay[], command: string[]): string[] {
  const starts = relays.map(({ port, socket }) => {
    if (!/^[\w.-]+$/.test(socket)) throw new LabError('BadInput', `${socket} cannot be the name of a relay's socket.`)
    // What it says of connections that came before the command listened is of no use to anybody.
    return `( socat UNIX-LISTEN:${socket},fork,mode=600,unlink-early TCP4:127.0.0.1:${port},nodelay 2>/dev/null; kill -KILL $$ ) &`
  })
  return [...through, 'sh', '-c', ['ip link set lo up', ...starts, 'exec "$@"'].join('\n'), 'sh', ...command]
}
