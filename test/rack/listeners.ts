import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Column `st` of /proc/net/tcp for a socket that listens, include/net/tcp_states.h. */
const listen = '0A'

/** A process that listens on a port. */
export interface Listener {
  pid: number
  /** Its process group. */
  pgid: number
  port: number
  command: string
}

/** Whether anybody listens on a TCP port of this machine, on whatever address of it. */
export function isListening(port: number): boolean {
  return socketsOn(port).length > 0
}

/** Who listens on any of the ports, as far as this user may see; a process that is just ending may have closed its files already. */
export function listenersOn(ports: readonly number[]): Listener[] {
  const portOf = new Map<string, number>(
    ports.flatMap((port) => socketsOn(port).map((inode) => [`socket:[${inode}]`, port])),
  )
  if (portOf.size === 0) return []
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    const port = filesOf(pid)
      .map((file) => portOf.get(file))
      .find((found) => found !== undefined)
    return port === undefined ? [] : [{ pid: Number(pid), pgid: groupOf(pid), port, command: commandOf(pid) }]
  })
}

/** The inodes of the sockets that listen on a port. */
function socketsOn(port: number): string[] {
  const address = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    textOf(table)
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([, local, , state, , , , , , inode = '']) =>
        state === listen && local?.endsWith(address) ? [inode] : [],
      ),
  )
}

function filesOf(pid: string): string[] {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).map((file) => readlinkSync(`${folder}/${file}`))
  } catch {
    // It has gone, or is another user's.
    return []
  }
}

/** proc(5): the group is the fifth field, and the second may hold anything in its brackets. */
function groupOf(pid: string): number {
  return Number(textOf(`/proc/${pid}/stat`).split(')').at(-1)?.trim().split(' ')[2])
}

function commandOf(pid: string): string {
  return textOf(`/proc/${pid}/cmdline`).split('\0').join(' ').trim()
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
