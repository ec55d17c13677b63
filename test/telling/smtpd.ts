import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { awaitFile } from '../host/await-file.ts'
import { startDaemon, type Daemon } from '../rack/daemon.ts'

const script = fileURLToPath(new URL('smtpd.py', import.meta.url))

/** A mail as it arrived, read by Python's reader of mails. */
export interface Arrived {
  from: string
  to: string[]
  /** By name in lower case, decoded. */
  headers: Record<string, string>
  type: string
  parameters: Record<string, string>
  /** What is wrong with its form. */
  defects: string[]
  text: string
  /** Octets of its longest line on the wire. */
  longest: number
}

/** A mail server that runs. */
export interface MailServer extends Pick<Daemon, 'log' | 'stop'> {
  port: number
  /** The nth mail that it took, from 1, once it is there. */
  mail(number: number): Promise<Arrived>
  /** How many it took so far. */
  count(): Promise<number>
  /** The nth mail byte for byte. */
  raw(number: number): Promise<Buffer>
}

/** What a server has that wants STARTTLS and a login. */
export interface Secured {
  certificate: string
  key: string
  user: string
  password: string
}

/** Starts Debian's aiosmtpd, which keeps what it takes in a folder. */
export async function startMailServer(folder: string, secured?: Secured): Promise<MailServer> {
  const args = secured ? [secured.certificate, secured.key, secured.user, secured.password] : []
  // Debian's own Python, which has Debian's aiosmtpd.
  const daemon = await startDaemon('/usr/bin/python3', [script, folder, ...args], /listens on \d+/)
  return {
    ...daemon,
    port: Number(/listens on (\d+)/.exec(daemon.log())![1]),
    mail: async (number) => JSON.parse(await awaitFile(join(folder, `${number}.json`))) as Arrived,
    count: async () =>
      existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.json')).length : 0,
    raw: (number) => readFile(join(folder, `${number}.eml`)),
  }
}
