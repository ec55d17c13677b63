import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { FlashWay } from '../../domain/lab/flash-spec.ts'
import { mustRun, runOn } from '../board/flash/on-host.ts'
import type { CommandEnd, HostLink } from '../hosts/host-link.ts'

type TftpWay = Extract<FlashWay, { kind: 'tftp' }>

/** Exit codes of curl(1) that mean that a TFTP server has answered, and refused. Its own words for them may be anybody's. */
const refusals: Record<number, string> = {
  68: 'it has no such file',
  69: 'it may not read the file',
  70: 'it has no room',
  71: 'it calls the request illegal',
  72: 'it knows no such transfer',
  73: 'it says that the file exists',
  74: 'it knows no such user',
}
/** A server in one's own network answers within milliseconds, seconds. */
const patience = 4
/** How long the host may take to remove a file, milliseconds; it is asked after a cancel, too. */
const clearing = 30_000

/**
 * Writes a small file into a TFTP folder and fetches it from the server, as seen from the folder's host.
 * @returns what was seen: one sentence. Where the server's address is seen by boards alone, nobody else can tell more
 * @throws LabError PlaceBroken when the folder cannot be written, or the server of that host does not give the file
 */
export async function checkTftp(
  { folder, server }: Pick<TftpWay, 'folder' | 'server'>,
  host: HostLink,
  signal: AbortSignal,
): Promise<string> {
  const name = `hyplab-check-${randomBytes(4).toString('hex')}`
  const path = posix.join(folder, name)
  const text = randomBytes(16).toString('hex')
  const own = await mkdtemp(join(tmpdir(), 'hyplab-check-'))
  try {
    await writeFile(join(own, name), text)
    await host.put(join(own, name), path, signal)
    await mustRun(host, ['chmod', '0644', path], `let the TFTP server read ${path}`, signal)
    return sentenceOf(await fetchFrom(server, name, host, signal), text, { folder, server }, host)
  } finally {
    await rm(own, { recursive: true, force: true })
    await runOn(host, ['rm', '-f', '--', path], AbortSignal.timeout(clearing)).catch(() => undefined)
  }
}

/** An answer to a request for a file, and whether the server's address is the host's own. */
interface Answer {
  end: CommandEnd
  isOwn: boolean
}

async function fetchFrom(server: string, name: string, host: HostLink, signal: AbortSignal): Promise<Answer> {
  const route = await runOn(host, ['ip', '-o', 'route', 'get', server], signal)
  const url = `tftp://${isIPv6(server) ? `[${server}]` : server}/${name}`
  const limits = ['--max-time', String(patience), '--connect-timeout', String(patience)]
  const curl = ['curl', '-q', '--silent', '--show-error', '--noproxy', '*', ...limits, url]
  const end = await runOn(host, curl, signal)
  return { end, isOwn: route.code === 0 && route.stdout.startsWith('local ') }
}

function sentenceOf(
  { end, isOwn }: Answer,
  text: string,
  { folder, server }: Pick<TftpWay, 'folder' | 'server'>,
  host: HostLink,
): string {
  const { code, stdout, stderr } = end
  if (code === 0 && stdout === text) return `${folder} of ${host.name} can be written, and ${server} serves it.`
  if (code === 127)
    return `${folder} of ${host.name} can be written; whether it is served was not tried, for there is no curl there.`
  const refusal = code === 0 ? 'another file came' : refusals[code]
  if (refusal === undefined && !isOwn)
    return `${folder} of ${host.name} can be written; only the board can tell whether ${server} serves it.`
  const why = refusal === undefined ? 'does not answer' : 'does not give what is written there'
  const said = refusal ?? stderr.trim().split('\n').at(-1)
  const sentence = `${folder} of ${host.name} can be written, but the TFTP server at ${server} ${why}: ${said}.`
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}
