import { join } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { Folders } from '../../../host/folders.ts'
import { withLock } from '../../../host/lock.ts'
import { debianMirror, hostSources } from './mirrors.ts'
import { ownApt, type OwnApt } from './own-config.ts'

/** The suites that may hold a version, the likeliest first: backports and point releases say theirs in the version. */
export function suitesFor(version: string): string[] {
  const guess: string[] = []
  if (/~bpo12\+/.test(version)) guess.push('bookworm-backports')
  if (/~bpo13\+/.test(version)) guess.push('trixie-backports')
  if (/\+deb12u\d+$/.test(version)) guess.push('bookworm')
  if (/\+deb13u\d+$/.test(version)) guess.push('trixie')
  if (/~rc\d|~exp\d/.test(version)) guess.push('experimental')
  return [...new Set([...guess, 'trixie', 'sid', 'trixie-backports', 'bookworm', 'bookworm-backports'])]
}

/**
 * Tries suite after suite, each through an apt configuration of our own that is made from the host's mirrors, so that a
 * mirror which lacks one does not matter. `fetch` throws SourceMissing where a suite does not have it.
 * @param kind of package, as apt and people name it
 * @param request `architecture` where it is not this machine's own; the machine itself need not know it
 * @returns what `fetch` gave first
 * @throws LabError SourceMissing naming the package, the suites tried and what apt said in each; what `fetch` throws else
 */
export async function fromSuites<T>(
  kind: 'source' | 'binary',
  request: { package: string; version: string; architecture?: string },
  folders: Folders,
  signal: AbortSignal,
  fetch: (apt: OwnApt) => Promise<T>,
): Promise<T> {
  const tried: string[] = []
  for (const suite of suitesFor(request.version)) {
    try {
      return await inSuite(kind, suite, request.architecture, folders, signal, fetch)
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== 'SourceMissing') throw error
      tried.push(`${suite}: ${error.message}`)
    }
  }
  const what = kind === 'source' ? 'Debian source package' : 'Debian package'
  throw new LabError(
    'SourceMissing',
    `The ${what} ${request.package}=${request.version} cannot be had from this host's mirror (${tried.join('; ')}); give the plan a second location for it.`,
    { retryable: true },
  )
}

/**
 * Does something with an apt configuration of our own that knows one suite of the host's mirror, one caller at a time.
 * @param architecture where it is not this machine's own
 * @throws what `use` throws
 */
export async function inSuite<T>(
  kind: 'source' | 'binary',
  suite: string,
  architecture: string | undefined,
  folders: Folders,
  signal: AbortSignal,
  use: (apt: OwnApt) => Promise<T>,
): Promise<T> {
  const mirror = debianMirror(await hostSources())
  const source = { ...mirror, types: [kind === 'source' ? 'deb-src' : 'deb'], components: ['main'] }
  if (architecture !== undefined) source.fields = { ...source.fields, Architectures: architecture }
  const name = [kind, suite, ...(architecture === undefined ? [] : [architecture])].join('-')
  const folder = join(folders.cache, 'apt', name)
  return await withLock(`${folder}.lock`, { signal }, async () =>
    use(await ownApt(folder, [{ ...source, suites: [suite] }])),
  )
}
