import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { LabError } from '../domain/errors.ts'
import type { ServiceFacts } from './service-file.ts'
import type { RunStart } from './run-start.ts'

/**
 * One line each way: a command asks, the service answers with its facts, or with `error` when it could not do what was
 * asked. A connection that asked `hold` keeps a `while-used` service alive until it closes. `start` is followed by a blank
 * and a RunStart in JSON.
 */
export type Question = 'status' | 'hold' | 'release' | 'stop' | 'keep' | 'start'

export interface ControlHandlers {
  /** Resolves when the service is ready to work: who asks while it starts waits with it. */
  facts(): Promise<ServiceFacts>
  /** Somebody asked the service to end; the answer is sent when it has ended everything that it started. */
  stop(): Promise<void>
  /** `hyplab up` while a `while-used` service runs: from now on it stays. */
  keep(): Promise<void>
  /** Starts a run's workflow. */
  start(run: RunStart): Promise<void>
  /** The last holder has gone; resolves when what is to end for that has ended. */
  unused(): Promise<void>
}

/** While an answer takes time, so often an empty line says that it is being worked on. */
const signMs = 1_000

/** A service from which nothing comes for so long, not even such a line, is suspended or stuck. */
const silenceMs = 10_000

/** An open control socket. */
export interface Control {
  server: Server
  /** Whether somebody holds the service now. */
  held(): boolean
  close(): void
}

/**
 * Opens the control socket, in place of one that a killed service left: the caller owns the state folder (ownerLock).
 * Connecting to it takes write access, which its mode gives to this user alone.
 */
export async function serveControl(path: string, handlers: ControlHandlers): Promise<Control> {
  const holders = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      void letGo(socket)
    })
    // Who asked may have gone, and be told nothing any longer; readline throws what its socket met.
    createInterface({ input: socket })
      .on('error', () => {})
      .on('line', (line) => void answer(socket, line))
  })
  const letGo = async (socket: Socket): Promise<void> => {
    if (holders.delete(socket) && holders.size === 0) await handlers.unused()
  }
  const answer = async (socket: Socket, line: string): Promise<void> => {
    const [question, rest] = split(line)
    let reply: Partial<ServiceFacts> & { error?: string }
    const signs = setInterval(() => socket.write('\n'), signMs)
    try {
      if (question === 'hold') holders.add(socket)
      else if (question === 'release') await letGo(socket)
      else if (question === 'keep') await handlers.keep()
      else if (question === 'stop') await handlers.stop()
      else if (question === 'start') await handlers.start(JSON.parse(rest) as RunStart)
      else if (question !== 'status') throw new Error('this service is of another version: `hyplab down` stops it')
      // A service that was stopped while it started never becomes ready.
      reply = question === 'stop' ? {} : await handlers.facts()
    } catch (thrown) {
      reply = { error: (thrown as Error).message }
    } finally {
      clearInterval(signs)
    }
    if (!socket.destroyed) socket.write(JSON.stringify(reply) + '\n')
  }
  await rm(path, { force: true })
  server.listen(path)
  await once(server, 'listening')
  await chmod(path, 0o600)
  return { server, held: () => holders.size > 0, close: () => void server.close() }
}

function split(line: string): [Question, string] {
  const blank = line.indexOf(' ')
  return blank === -1 ? [line as Question, ''] : [line.slice(0, blank) as Question, line.slice(blank + 1)]
}

/** A question answered. */
export interface Answer {
  facts: ServiceFacts
  /** Aborted when the service ends, however it does. */
  ended: AbortSignal
  /**
   * Has a run's workflow started; only on a held service.
   * @throws LabError ServerUnreachable when the Temporal server refuses or does not answer, or the service ends.
   */
  start(run: RunStart): Promise<void>
  /** Gives a held service free; resolves when it has ended, if it ends for that. */
  close(): Promise<void>
}

/** Whether a service listens on that control socket now. */
export async function listens(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/**
 * Asks the service of a state folder, and waits for one that is still starting; undefined when none runs. `stop` is
 * answered without facts, when its process has ended.
 * @param silence ms without a sign of life after which nobody waits any longer
 * @throws LabError ServerUnreachable when the service is suspended or stuck
 */
export async function ask(
  path: string,
  question: Exclude<Question, 'start' | 'release'>,
  silence = silenceMs,
): Promise<Answer | undefined> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch {
    return undefined
  }
  socket.on('error', () => socket.destroy())
  // A service that was killed resets the connection: also an end, and no error. once() would throw what `lines` passes on.
  const lines = createInterface({ input: socket }).on('error', () => {})
  const closed = new Promise<undefined>((resolve) => socket.once('close', () => resolve(undefined)))
  const silent = (wanted: string): LabError => {
    socket.destroy()
    return new LabError('ServerUnreachable', `The hyplab service did not answer "${wanted}" for ${silence / 1_000} s.`)
  }
  /** One that has answered `stop` goes at once. */
  const endOf = async (gone: Promise<undefined>): Promise<void> => {
    let end: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => (end = setTimeout(() => reject(silent('stop')), silence)))
    await Promise.race([gone, late]).finally(() => clearTimeout(end))
  }
  /** The first line that is no mere sign of life. */
  const firstLine = (wanted: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const end = setTimeout(() => reject(silent(wanted)), silence)
      const take = (got: string): void => {
        if (got === '') return void end.refresh()
        stop()
        resolve(got)
      }
      const stop = (): void => {
        clearTimeout(end)
        lines.off('line', take)
      }
      lines.on('line', take)
      void closed.then(stop)
    })
  /** The answer to one line; undefined when the connection closes instead. */
  const say = async (line: string): Promise<(ServiceFacts & { error?: string }) | undefined> => {
    socket.write(`${line}\n`)
    const got = await Promise.race([firstLine(line.split(' ', 1)[0]!), closed])
    return got === undefined ? undefined : (JSON.parse(got) as ServiceFacts & { error?: string })
  }
  const facts = await say(question)
  if (facts === undefined) return undefined
  // The service's process has ended when its end of the connection closes, and not before.
  if (question === 'stop') await endOf(closed)
  // A held connection must not keep the command's process alive by itself.
  socket.unref()
  const over = new AbortController()
  void closed.then(() => over.abort())
  return {
    facts,
    ended: over.signal,
    start: async (run) => {
      socket.ref()
      const answer = await say(`start ${JSON.stringify(run)}`)
      socket.unref()
      const why = answer ? answer.error : 'the hyplab service ended'
      if (why !== undefined)
        throw new LabError('ServerUnreachable', `The run could not be started on ${facts.address}: ${why}.`)
    },
    close: async () => {
      if (question === 'hold' && !socket.destroyed) {
        socket.ref()
        // The answer comes when the service has ended what it ends for that, or the connection closes with it.
        await say('release')
      }
      socket.destroy()
    },
  }
}
