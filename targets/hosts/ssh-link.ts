import { setTimeout as delay } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import type { Client, SFTPWrapper } from 'ssh2'
import { LabError } from '../../domain/errors.ts'
import type { HostCommand, HostLink } from './host-link.ts'
import { openConnection, nameOf, type SshHost } from './ssh-connection.ts'
import { openChannel, startFar, type FarShell } from './ssh-command.ts'
import { putFile } from './ssh-put.ts'
import { wardenLine, wardenOn, type Warden } from './warden.ts'

/** A try to log in that failed is repeated no sooner, milliseconds: OpenSSH 9.8 and later shuts out who knocks faster. */
const pauseMs = 2000
/** How often one call knocks: sshd may be starting again. */
const knocks = 3
/** sshd lets a connection have 10 sessions (sshd_config, MaxSessions); one is the warden's, one is kept free. */
const mostCommands = 8
/** How long a host may take to close its end, milliseconds. */
const farewellMs = 1000

/** A connection and how many commands use it. */
interface Session {
  far: Promise<FarShell>
  users: number
}

/**
 * A host behind ssh. It is logged in on when it is first needed and again when that broke; everything goes over one
 * connection, and over another one only when sshd would give no more sessions on it.
 * @param jump the host to go through
 */
export function sshLink(host: SshHost, jump?: HostLink): HostLink {
  const name = nameOf(host)
  const closing = new AbortController()
  const started = new Set<HostCommand>()
  const sessions = new Set<Session>()
  let knockAgain = 0

  async function knock(): Promise<FarShell> {
    for (let tries = 1; ; tries++) {
      const wait = knockAgain - performance.now()
      if (wait > 0) await delay(wait, undefined, { signal: closing.signal }).catch(() => undefined)
      try {
        const over = await jump?.connect(host.ssh.address, host.ssh.port, closing.signal)
        const { client, lost } = await openConnection(host, over, closing.signal)
        return { host: name, client, lost, warden: await startWarden(name, client, closing.signal) }
      } catch (error) {
        knockAgain = performance.now() + pauseMs
        const may = error instanceof LabError && error.retryable && !/timed? ?out/i.test(error.message)
        if (closing.signal.aborted || !may || tries === knocks) throw error
      }
    }
  }

  function openSession(): Session {
    const session: Session = { far: knock(), users: 0 }
    sessions.add(session)
    session.far.then(
      ({ lost }) => lost.then(() => sessions.delete(session)),
      () => sessions.delete(session),
    )
    return session
  }

  /** Runs `work` on a connection; the connection outlives it. */
  async function use<T>(signal: AbortSignal, work: (far: FarShell) => Promise<{ result: T; until: Promise<unknown> }>) {
    signal.throwIfAborted()
    if (closing.signal.aborted) throw new LabError('PlaceBroken', `The link to host ${name} was closed.`)
    const session = [...sessions].find(({ users }) => users < mostCommands) ?? openSession()
    session.users += 1
    const done = (): void => void (session.users -= 1)
    try {
      const { result, until } = await work(await orAborted(session.far, signal))
      until.then(done, done)
      return result
    } catch (error) {
      done()
      throw error
    }
  }

  async function start(words: string[], options: { terminal: boolean }, signal: AbortSignal): Promise<HostCommand> {
    return await use(signal, async (far) => {
      const command = await startFar(far, words, options, signal)
      started.add(command)
      const end = (): void => void started.delete(command)
      command.ended.then(end, end)
      return { result: command, until: command.ended }
    })
  }

  const link: HostLink = {
    name: host.name,
    start,
    async run(words, signal) {
      const command = await start(words, { terminal: false }, signal)
      const abort = (): void => void command.kill()
      signal.addEventListener('abort', abort, { once: true })
      if (signal.aborted) abort()
      command.stream.end()
      const chunks: Buffer[] = []
      command.stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      try {
        const { code, stderr } = await command.ended
        signal.throwIfAborted()
        return { code, stdout: Buffer.concat(chunks).toString('utf8'), stderr }
      } catch (error) {
        signal.throwIfAborted()
        throw error
      } finally {
        signal.removeEventListener('abort', abort)
      }
    },
    connect: (address, port, signal) =>
      use(signal, async (far) => ({ result: await forward(far, address, port, signal), until: Promise.resolve() })),
    put: (from, to, signal) =>
      use(signal, async (far) => {
        const sftp = await openSftp(far)
        try {
          const result = await putFile(
            { host: name, sftp, run: (words, until) => link.run(words, until) },
            from,
            to,
            signal,
          )
          return { result, until: Promise.resolve() }
        } finally {
          sftp.end()
        }
      }),
    async close() {
      closing.abort(new LabError('PlaceBroken', `The link to host ${name} was closed.`))
      await Promise.all([...started].map((command) => command.kill()))
      await Promise.all([...sessions].map(({ far }) => far.then(farewell, () => undefined)))
    },
  }
  return link
}

async function startWarden(host: string, client: Client, signal: AbortSignal): Promise<Warden> {
  try {
    return wardenOn(await openChannel({ host, client }, wardenLine, undefined, signal))
  } catch (error) {
    client.destroy()
    throw error
  }
}

/** A host that is gone does not take its leave. */
async function farewell({ client, lost }: FarShell): Promise<void> {
  const noAnswer = setTimeout(() => client.destroy(), farewellMs)
  client.end()
  await lost
  clearTimeout(noAnswer)
}

async function forward(far: FarShell, address: string, port: number, signal: AbortSignal): Promise<Duplex> {
  const channel = await new Promise<Duplex>((resolve, reject) => {
    const fail = (cause: Error): void => {
      const sentence = `Host ${far.host} cannot connect to ${address}:${port}: ${cause.message}.`
      reject(new LabError('PlaceBroken', sentence, { retryable: true, cause }))
    }
    try {
      far.client.forwardOut('127.0.0.1', 0, address, port, (error, opened) => (error ? fail(error) : resolve(opened)))
    } catch (cause) {
      fail(cause as Error)
    }
  })
  channel.on('error', () => undefined)
  if (!signal.aborted) return channel
  channel.destroy()
  throw signal.reason
}

async function openSftp(far: FarShell): Promise<SFTPWrapper> {
  return await new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(new LabError('PlaceBroken', `Host ${far.host} has no SFTP: ${cause.message}.`, { retryable: true, cause }))
    }
    void far.lost.then((why) => fail(new Error(why)))
    try {
      far.client.sftp((error, sftp) => (error ? fail(error) : resolve(sftp)))
    } catch (cause) {
      fail(cause as Error)
    }
  })
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => undefined)
  }
}
