import { randomUUID } from 'node:crypto'
import { constants } from 'node:os'
import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2'
import { LabError } from '../../domain/errors.ts'
import type { HostCommand } from './host-link.ts'
import { goOn, leaderWords, readLeader } from './leader.ts'
import { quoteWords } from './quote-words.ts'
import { keepTail } from './tail.ts'
import type { Warden } from './warden.ts'

/**
 * A terminal that changes no byte either way (RFC 4254, 8): it is there for its hang-up, not for its line editing. Modes
 * that are not named keep what the far host gives, so that each that would change something is named.
 */
const off = [
  ['ECHO', 'ECHOE', 'ECHOK', 'ECHONL', 'ICANON', 'ISIG', 'IEXTEN'],
  ['ICRNL', 'INLCR', 'IGNCR', 'ISTRIP', 'INPCK', 'IXON', 'IXOFF', 'IXANY', 'IUTF8'],
  ['OPOST', 'ONLCR', 'OCRNL', 'PARENB'],
].flat()
const terminal: PseudoTtyOptions = {
  term: 'dumb',
  modes: { ...Object.fromEntries(off.map((mode) => [mode, 0])), CS8: 1 },
}

/** What a command needs of the connection on which it runs. */
export interface FarShell {
  /** For people: `mux (10.0.0.7:22)`. */
  host: string
  client: Client
  warden: Warden
  lost: Promise<string>
}

/**
 * Starts a command on a far host; it ends with the connection, with or without a terminal.
 * @throws LabError PlaceBroken when the host does not start it; the signal's reason when aborted
 */
export async function startFar(
  far: FarShell,
  words: string[],
  options: { terminal: boolean },
  signal: AbortSignal,
): Promise<HostCommand> {
  const nonce = randomUUID()
  const line = `exec ${quoteWords(leaderWords(nonce, words))}`
  const channel = await openChannel(far, line, options.terminal ? terminal : undefined, signal)
  const abort = (): void => channel.close()
  signal.addEventListener('abort', abort, { once: true })
  // A terminal has one way out for both.
  const { pid, said } = await readLeader(options.terminal ? channel : channel.stderr, nonce)
  signal.removeEventListener('abort', abort)
  if (pid === undefined) {
    channel.close()
    signal.throwIfAborted()
    const sentence = `Host ${far.host} did not start ${words[0]}: ${said || (await orNothing(far.lost)) || 'it said nothing'}.`
    throw new LabError('PlaceBroken', sentence, { retryable: true })
  }
  await far.warden.hold(pid)
  const ended = endOf(far, channel, pid, words)
  channel.write(goOn)
  const command: HostCommand = {
    stream: channel,
    ended,
    async kill() {
      await far.warden.drop(pid)
      channel.close()
      // ssh2 tells of the end when all was read, and whoever read it may have stopped.
      channel.resume()
      await ended.catch(() => undefined)
    },
  }
  if (signal.aborted) {
    await command.kill()
    throw signal.reason
  }
  return command
}

/**
 * Opens a channel with a command.
 * @param line for the login shell there
 * @throws LabError PlaceBroken with the host's words; the signal's reason when aborted: then it is closed once it is open
 */
export async function openChannel(
  far: Pick<FarShell, 'host' | 'client'>,
  line: string,
  pty: PseudoTtyOptions | undefined,
  signal: AbortSignal,
): Promise<ClientChannel> {
  signal.throwIfAborted()
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const fail = (cause: Error): void => {
      const sentence = `Host ${far.host} did not start a command: ${cause.message}.`
      reject(new LabError('PlaceBroken', sentence, { retryable: true, cause }))
    }
    try {
      far.client.exec(line, pty === undefined ? {} : { pty }, (error, opened) =>
        error ? fail(error) : resolve(opened),
      )
    } catch (cause) {
      fail(cause as Error)
    }
  })
  channel.on('error', () => undefined)
  channel.stderr.on('error', () => undefined)
  if (!signal.aborted) return channel
  channel.close()
  throw signal.reason
}

function endOf(far: FarShell, channel: ClientChannel, pid: number, words: string[]): HostCommand['ended'] {
  const errors = keepTail(channel.stderr)
  const ended = new Promise<number>((resolve, reject) => {
    let code: number | undefined
    channel.once('exit', (status: number | null, signal?: NodeJS.Signals) => {
      code = status ?? 128 + (signal === undefined ? 0 : (constants.signals[signal] ?? 0))
      // What it left in the background holds the channel open, and is to end with it.
      void far.warden.drop(pid)
    })
    channel.once('close', () => {
      if (code !== undefined) return resolve(code)
      // The connection says why a moment later, unless the channel alone was closed.
      void orNothing(far.lost).then((why) => {
        const sentence = `Host ${far.host} was lost while ${words[0]} ran there: ${why ?? 'the channel was closed'}.`
        reject(new LabError('PlaceBroken', sentence, { retryable: true }))
      })
    })
  }).then(async (code) => ({ code, stderr: await errors }))
  // Whoever killed it may not look.
  ended.catch(() => undefined)
  return ended
}

/** Why the connection was lost; undefined when it is there still, after what the network has delivered was read. */
async function orNothing(lost: Promise<string>): Promise<string | undefined> {
  return await Promise.race([lost, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 100))])
}
