import { LabError } from '../../../domain/errors.ts'
import type { CommandEnd, HostLink } from '../../hosts/host-link.ts'

/** Where a host keeps its tools for disks, which are not on everybody's PATH. Messages are English: they are read. */
const environment = ['env', 'LC_ALL=C']

/** As `HostLink.run`, with messages in English. */
export async function runOn(host: HostLink, words: string[], signal: AbortSignal): Promise<CommandEnd> {
  return host.run([...environment, ...words], signal)
}

/**
 * Runs a command of a host that must succeed.
 * @param what what it is for, as in "could not ..."
 * @returns its standard output
 * @throws LabError PlaceBroken with what it said
 */
export async function mustRun(host: HostLink, words: string[], what: string, signal: AbortSignal): Promise<string> {
  const end = await runOn(host, words, signal)
  if (end.code === 0) return end.stdout
  throw failed(host, words, what, end)
}

/** The error for a command of a host that failed. */
export function failed(host: HostLink, words: string[], what: string, { code, stdout, stderr }: CommandEnd): LabError {
  const command = words[0] ?? ''
  if (code === 127) {
    const sentence = `Host ${host.name} could not ${what}: it has no command ${command}; install it there.`
    return new LabError('PlaceBroken', sentence)
  }
  const said = [stderr, stdout].map((text) => text.trim().split('\n').slice(-3).join(' / ')).find((text) => text !== '')
  const sentence = `Host ${host.name} could not ${what}: ${command} ended with code ${code} and said ${said ? `"${said}"` : 'nothing'}.`
  return new LabError('PlaceBroken', sentence, { retryable: true })
}
