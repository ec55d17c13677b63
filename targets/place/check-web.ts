import { randomBytes } from 'node:crypto'
import { posix } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { failed, mustRun, runOn } from '../board/flash/on-host.ts'
import type { HostLink } from '../hosts/host-link.ts'

/** Seconds: a server in one's own network answers within milliseconds. */
const patience = 4
/** How long the host may take to remove a file, milliseconds; it is asked after a cancel, too. */
const clearing = 30_000
/** curl(1): the server was reached, and refused. */
const refused = 22

/**
 * Writes a small file into a web server's folder and fetches it, as seen from the folder's host.
 * @returns what was seen: one sentence. Where the server's address is seen by boards alone, nobody else can tell more
 * @throws LabError PlaceBroken when the folder cannot be written, or the server does not give the file
 */
export async function checkWeb(
  { folder, url }: { folder: string; url: string },
  host: HostLink,
  signal: AbortSignal,
): Promise<string> {
  const name = `hyplab-check-${randomBytes(4).toString('hex')}`
  const path = posix.join(folder, name)
  const text = randomBytes(16).toString('hex')
  const can = `${folder} of ${host.name} can be written`
  try {
    await mustRun(
      host,
      ['sh', '-c', 'printf %s "$2" >"$1" && chmod 0644 "$1"', 'sh', path, text],
      `write ${path}`,
      signal,
    )
    // No board asks the proxy of a host's user, or reads their .curlrc.
    const words = ['curl', '-q', '--noproxy', '*', '-sSf', '-m', String(patience), `${url.replace(/\/+$/, '')}/${name}`]
    const end = await runOn(host, words, signal)
    if (end.code === 0 && end.stdout === text) return `${can}, and ${url} serves it.`
    if (end.code === 127) return `${can}; whether it is served was not tried, for there is no curl there.`
    if (end.code === 0)
      throw new LabError('PlaceBroken', `${can}, but ${url} serves another folder: another file came.`)
    if (end.code === refused) throw failed(host, words, `fetch from ${url} what was written to ${folder}`, end)
    return `${can}; only the board can tell whether ${url} serves it.`
  } finally {
    await mustRun(host, ['rm', '-f', '--', path], `remove ${path}`, AbortSignal.timeout(clearing)).catch(
      () => undefined,
    )
  }
}
