import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { ServiceFacts } from './service-file.ts'

/** One line each way: a command asks, the service answers with its facts. A connection that asked `hold` keeps a `while-used` service alive until it closes. */
export type Question = 'status' | 'hold' | 'release' | 'stop' | 'keep'

export interface ControlHandlers {
  facts(): ServiceFacts
  /** Somebody asked the service to end; the answer is sent when it has ended everything that it started. */
  stop(): Promise<void>
  /** `hyplab up` while a `while-used` service runs: from now on it stays. */
  keep(): Promise<void>
  /** The last holder has gone; resolves when what is to end for that has ended. */
  unused(): Promise<void>
}

/**
 * Opens the control socket. Binding it is also what makes the service the only one of its state folder.
 * @throws the system's EADDRINUSE when another service has it.
 */
export async function serveControl(path: string, handlers: ControlHandlers): Promise<Server> {
  const holders = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      void letGo(socket)
    })
    createInterface({ input: socket }).on('line', (question) => void answer(socket, question as Question))
  })
  const letGo = async (socket: Socket): Promise<void> => {
    if (holders.delete(socket) && holders.size === 0) await handlers.unused()
  }
  const answer = async (socket: Socket, question: Question): Promise<void> => {
    if (question === 'hold') holders.add(socket)
    if (question === 'release') await letGo(socket)
    if (question === 'keep') await handlers.keep()
    if (question === 'stop') await handlers.stop()
    if (!socket.destroyed) socket.write(JSON.stringify(handlers.facts()) + '\n')
  }
  server.listen(path)
  await once(server, 'listening')
  return server
}

/** A question answered. */
export interface Answer {
  facts: ServiceFacts
  /** Gives a held service free; resolves when it has ended, if it ends for that. */
  close(): Promise<void>
}

/** Asks the service of a state folder; undefined when none runs. */
export async function ask(path: string, question: Question): Promise<Answer | undefined> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch {
    return undefined
  }
  socket.on('error', () => socket.destroy())
  const lines = createInterface({ input: socket })
  const answered = once(lines, 'line') as Promise<[string]>
  const closed = once(lines, 'close').then(() => undefined)
  socket.write(`${question}\n`)
  const got = await Promise.race([answered, closed])
  if (got === undefined) return undefined
  // A held connection must not keep the command's process alive by itself.
  socket.unref()
  const close = async (): Promise<void> => {
    if (question === 'hold' && !socket.destroyed) {
      socket.ref()
      socket.write('release\n')
      // The answer comes when the service has ended what it ends for that, or the connection closes with it.
      await Promise.race([once(lines, 'line'), closed])
    }
    socket.destroy()
  }
  return { facts: JSON.parse(got[0]) as ServiceFacts, close }
}
