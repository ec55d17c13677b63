import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import ssh2, { type Client, type ConnectConfig } from 'ssh2'
import type { LabHost, SshAccess } from '../../domain/lab/inventory.ts'
import { LabError } from '../../domain/errors.ts'
import { readPrivateFile } from '../../host/secret.ts'

/** Until a host has let us in, milliseconds: one that is slow is loaded, one that takes longer is not there. */
const readyMs = 20_000
/** A host that has not answered three of these is gone, milliseconds. */
const keepAliveMs = 10_000
const keepAlives = 3

/** A host that is reached by ssh. */
export type SshHost = LabHost & { ssh: SshAccess }

/** Somebody is logged in on a host. */
export interface SshConnection {
  client: Client
  /** Resolves with the host's or the network's words when the connection has ended, whoever ended it. */
  lost: Promise<string>
}

/**
 * Logs in on a host, once. Nothing is sent to a host whose key is not the pinned one.
 * @param over what leads to the host, for one behind another; else it is connected to directly
 * @throws LabError PlaceBroken in the host's own words; it is retryable where the same log-in may succeed later. The
 *   signal's reason when aborted
 */
export async function openConnection(
  host: SshHost,
  over: Duplex | undefined,
  signal: AbortSignal,
): Promise<SshConnection> {
  signal.throwIfAborted()
  const login = await loginOf(host)
  const client = new ssh2.Client()
  const lost = Promise.withResolvers<string>()
  let words = 'the connection was closed'
  let otherKey: string | undefined
  const config: ConnectConfig = {
    ...(over === undefined ? { host: host.ssh.address, port: host.ssh.port } : { sock: over }),
    username: host.ssh.user,
    ...login,
    readyTimeout: readyMs,
    keepaliveInterval: keepAliveMs,
    keepaliveCountMax: keepAlives,
    hostVerifier: (key: Buffer) => {
      const seen = fingerprint(key)
      if (seen === host.ssh.hostKey) return true
      otherKey = seen
      return false
    },
  }
  const abort = (): void => void client.destroy()
  try {
    await new Promise<void>((resolve, reject) => {
      // For as long as the client lives: an error without a listener would end the process.
      client.on('error', (error) => {
        words = error.message
        reject(error)
      })
      client.once('close', () => {
        lost.resolve(words)
        reject(new Error(words))
      })
      client.once('ready', resolve)
      signal.addEventListener('abort', abort, { once: true })
      client.connect(config)
    })
    return { client, lost: lost.promise }
  } catch (cause) {
    client.destroy()
    over?.destroy()
    signal.throwIfAborted()
    throw otherKey === undefined ? notReached(host, cause as Error) : otherHost(host, otherKey)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** A public key as `ssh-keygen -lf` prints it: `SHA256:` and base64 without padding. @param key as the wire has it (RFC 4253, 6.6) */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** `mux (10.0.0.7:22)` */
export function nameOf({ name, ssh }: SshHost): string {
  return `${name} (${ssh.address}:${ssh.port})`
}

/** Only the way that the lab names is tried: an agent, or a key of some other file, is nobody's business otherwise. */
async function loginOf(host: SshHost): Promise<ConnectConfig> {
  const { key } = host.ssh
  if ('file' in key) {
    const privateKey = await readPrivateFile(key.file, `the key of host ${host.name} (${host.at})`)
    const parsed = ssh2.utils.parseKey(privateKey)
    if (parsed instanceof Error)
      throw new LabError(
        'PlaceBroken',
        `The key ${key.file} of host ${host.name} (${host.at}) cannot be used: ${parsed.message}; one with a passphrase goes through an agent.`,
      )
    return { privateKey, authHandler: ['publickey'] }
  }
  const agent = process.env['SSH_AUTH_SOCK']
  if (agent === undefined || agent === '')
    throw new LabError(
      'PlaceBroken',
      `Host ${nameOf(host)} is to be logged in on by an ssh agent (${host.at}), but SSH_AUTH_SOCK names none: start one, or name a key file.`,
    )
  return { agent, authHandler: ['agent'] }
}

function otherHost(host: SshHost, seen: string): LabError {
  return new LabError(
    'PlaceBroken',
    `Host ${nameOf(host)} shows the key ${seen}, but ${host.at} pins ${host.ssh.hostKey}: it is another machine, or it has a new key; nothing was sent to it.`,
  )
}

function notReached(host: SshHost, cause: Error & { level?: string; code?: string }): LabError {
  const refused = cause.level === 'client-authentication'
  const sentence = refused
    ? `Host ${nameOf(host)} does not let ${host.ssh.user} in with ${keyOf(host.ssh)}: ${cause.message}.`
    : `Host ${nameOf(host)} cannot be reached by ssh: ${cause.message || cause.code}.`
  return new LabError('PlaceBroken', sentence, { retryable: !refused, cause })
}

function keyOf({ key }: SshAccess): string {
  return 'file' in key ? `the key ${key.file}` : 'a key of the agent'
}
