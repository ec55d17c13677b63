import { readFileSync } from 'node:fs'

/** TCP_ESTABLISHED in the column `st`, include/net/tcp_states.h. */
const established = '01'

/**
 * The user id of the process at the other end of a connection within 127.0.0.1, as Linux keeps it in /proc/net/tcp: that
 * of whoever made the socket. To be asked at once when the connection has been accepted, before anything of it is read.
 * @param local our port
 * @param remote the other end's port
 * @returns undefined when it cannot be known, e.g. because the other end has closed: its socket has
 * no owner then, and kernels may show root in his place.
 */
export function connectionOwner(local: number, remote: number): number | undefined {
  const theirs = findSocket(remote, local)
  // As long as our end stands no other connection can have the same two ports: so what we saw was its other end.
  return theirs && findSocket(local, remote) ? theirs.uid : undefined
}

function findSocket(port: number, peer: number): { uid: number } | undefined {
  // A program may reach an IPv4 address through an IPv6 socket.
  return findIn('/proc/net/tcp', '0100007F', port, peer) ?? findIn('/proc/net/tcp6', mapped, port, peer)
}

/** ::ffff:127.0.0.1 as four words of the host's byte order. */
const mapped = '0000000000000000FFFF00000100007F'

function findIn(table: string, address: string, port: number, peer: number): { uid: number } | undefined {
  const ends = `${address}:${hex(port)} ${address}:${hex(peer)} ${established}`
  for (const line of readTable(table).split('\n')) {
    // sl, local, remote, st, queues, timer, retransmits, uid, timeout, inode (proc(5)).
    const fields = line.trim().split(/\s+/)
    if (fields.slice(1, 4).join(' ') === ends && fields[9] !== '0') return { uid: Number(fields[7]) }
  }
  return undefined
}

/** A kernel without IPv6 has no table of it. */
function readTable(table: string): string {
  try {
    return readFileSync(table, 'latin1')
  } catch {
    return ''
  }
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}
