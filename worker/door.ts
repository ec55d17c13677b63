import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { connectionOwner } from '../host/connection-owner.ts'
import { socketPath } from '../host/unix-socket.ts'

/** A port of 127.0.0.1 that leads this user, and root, to a Unix socket, and nobody else. */
export interface Door {
  port: number
  close(): void
}

/**
 * Opens a door. It stays while what is behind it is started again, so that no stranger can listen on its port meanwhile
 * and be taken for our server.
 * @param note is told of each user who was turned away, once.
 * @throws the system's EADDRINUSE when somebody listens there already.
 */
export async function openDoor(
  port: number,
  folder: string,
  socketName: string,
  note: (sentence: string) => void,
): Promise<Door> {
  const refused = new Set<number | undefined>()
  const through = new Set<Socket>()
  // Nothing of a connection is read before it is known whose it is.
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (outside) => {
    outside.on('error', () => outside.destroy())
    const owner = outside.remotePort === undefined ? undefined : connectionOwner(port, outside.remotePort)
    if (owner !== process.getuid?.() && owner !== 0) {
      outside.resetAndDestroy()
      if (!refused.has(owner)) note(`turned away ${owner === undefined ? 'somebody' : `user ${owner}`} on port ${port}`)
      refused.add(owner)
      return
    }
    const inside = connect({ path: socketPath(folder, socketName), allowHalfOpen: true })
    // Calls are small and wait for each other: none may wait for more bytes to come.
    outside.setNoDelay(true)
    for (const [from, to] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      through.add(from)
      from.once('close', () => through.delete(from))
      pipeline(from, to, (error) => {
        if (error) for (const end of [outside, inside]) end.destroy()
      })
    }
    outside.resume()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { port, close: () => close(server, through) }
}

function close(server: Server, through: Set<Socket>): void {
  server.close()
  for (const socket of through) socket.destroy()
}
