import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SFTPWrapper } from 'ssh2'
import { LabError } from '../../domain/errors.ts'
import { sha256File } from '../../host/sha256.ts'
import type { CommandEnd } from './host-link.ts'

/** Readable for the daemon that serves it: a tftpd refuses what others cannot read. */
const mode = 0o644

/** What a copy needs of the far host. */
export interface FarFiles {
  /** For people: `mux (10.0.0.7:22)`. */
  host: string
  sftp: SFTPWrapper
  run(words: string[], signal: AbortSignal): Promise<CommandEnd>
}

/**
 * Copies a file to a far host by SFTP: written beside its place, put on the disk, read back there, renamed over it.
 * @returns its sha256
 * @throws LabError PlaceBroken in the host's words; the signal's reason when aborted. Nothing half-written stays then
 */
export async function putFile(far: FarFiles, from: string, to: string, signal: AbortSignal): Promise<string> {
  const part = `${to}.part`
  const wanted = await sha256File(from)
  const { size } = await stat(from)
  try {
    await send(far.sftp, from, part, signal)
    const { code, stdout, stderr } = await far.run(['sh', '-c', 'sync; exec sha256sum -- "$1"', 'sh', part], signal)
    // GNU's sha256sum begins the line with a backslash when the name has one.
    const read = /^\\?([0-9a-f]{64}) /.exec(stdout)?.[1]
    if (code !== 0 || read === undefined) throw new Error(`it cannot be read back there: ${stderr.trim()}`)
    if (read !== wanted) throw new Error(`it reads back there with sha256 ${read}, not ${wanted}`)
    await asked((done) => far.sftp.ext_openssh_rename(part, to, done))
    return wanted
  } catch (cause) {
    const why = signal.aborted ? '' : await spaceThere(far, part, size)
    await far.run(['rm', '-f', '--', part], AbortSignal.timeout(10_000)).catch(() => undefined)
    signal.throwIfAborted()
    const sentence = `${from} could not be put to ${to} on host ${far.host}: ${(cause as Error).message}${why}.`
    throw new LabError('PlaceBroken', sentence, { cause })
  }
}

async function send(sftp: SFTPWrapper, from: string, to: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  // ssh2 has no way to stop a copy but to end the channel.
  const abort = (): void => sftp.end()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([
      asked((done) => sftp.fastPut(from, to, { mode }, done)),
      new Promise<never>((_, reject) => sftp.once('close', () => reject(new Error('the connection was closed')))),
    ])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** SFTP version 3 has no word for a full disk but `Failure` (draft-ietf-secsh-filexfer-02, 7): df there has. */
async function spaceThere(far: FarFiles, path: string, size: number): Promise<string> {
  const { stdout } = await far
    .run(['df', '-Pk', '--', dirname(path)], AbortSignal.timeout(10_000))
    .catch(() => ({ stdout: '' }))
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const free = Number(/^\S+\s+\d+\s+\d+\s+(\d+)/.exec(line)?.[1] ?? Number.NaN)
  // What was written of it counts as taken.
  return free * 1024 < size ? ` (${size} bytes to write; df there says: ${line})` : ''
}

async function asked(ask: (done: (error?: Error | null) => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => ask((error) => (error ? reject(error) : resolve())))
}
