import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { Folders } from '../../../host/folders.ts'
import { run } from '../../../host/run.ts'
import { aptComplaint, updateLists, type OwnApt } from './own-config.ts'
import { fromSuites } from './suites.ts'

/** A version without its epoch and Debian revision: `6.18.5` for `1:6.18.5-1~bpo13+1`. */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '')
}

export interface SourcePackageRequest {
  package: string
  version: string
  /** Which of the package's files is wanted: upstream's tarball, or Debian's own part with its patches. */
  part: 'orig' | 'debian'
  /** Whether another version of the same series, e.g. 10.0.13 for 10.0.2, will do too. */
  series?: boolean
}

/**
 * Downloads one tarball of a Debian source package into `into`, through an apt configuration of our own that is made
 * from the mirrors of the host. Suites are tried one after another, so that a mirror which lacks one does not matter.
 * Mirrors drop the .dsc of old backports before the tarball: apt then ends with an error, yet the tarball is there.
 * When the exact version is gone from the index, another revision of the same upstream version serves for `orig`.
 * @returns the file's path; its bytes are for the caller to check
 * @throws LabError SourceMissing naming the package, the suites tried and what apt said in each
 */
export async function fetchSourcePackage(
  request: SourcePackageRequest,
  into: string,
  folders: Folders,
  signal: AbortSignal,
): Promise<string> {
  return await fromSuites('source', request, folders, signal, (apt) => fetchFromSuite(apt, request, into, signal))
}

async function fetchFromSuite(
  apt: OwnApt,
  request: SourcePackageRequest,
  into: string,
  signal: AbortSignal,
): Promise<string> {
  // Versions come and go: lists that do not know one are fetched again, unless they are fresh.
  await updateLists(apt, 7 * 86_400, signal)
  let version = await findVersion(apt, request, signal)
  if (version === undefined) {
    await updateLists(apt, 600, signal)
    version = await findVersion(apt, request, signal)
  }
  if (version === undefined) throw new LabError('SourceMissing', 'not in this suite')
  await rm(into, { recursive: true, force: true })
  await mkdir(into, { recursive: true })
  const args = ['-c', apt.config, '-q', 'source', '--download-only', `${request.package}=${version}`]
  const { stderr } = await run('apt-get', args, { cwd: into, signal })
  const wanted = request.part === 'orig' ? /\.orig\.tar\.[a-z0-9]+$/ : /\.debian\.tar\.[a-z0-9]+$/
  const file = (await readdir(into)).find((name) => wanted.test(name))
  if (file === undefined) throw new LabError('SourceMissing', aptComplaint(stderr))
  return join(into, file)
}

async function findVersion(
  apt: OwnApt,
  request: SourcePackageRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { stdout } = await run('apt-cache', ['-c', apt.config, 'showsrc', '--only-source', request.package], { signal })
  return chooseVersion(
    [...stdout.matchAll(/^Version: (\S+)$/gm)].map((match) => match[1] ?? ''),
    request,
  )
}

/** The version to ask for: the exact one, else, for `orig`, a revision of the same upstream version, else one of the series. */
export function chooseVersion(versions: string[], request: SourcePackageRequest): string | undefined {
  if (versions.includes(request.version)) return request.version
  if (request.part === 'debian') return undefined
  const revision = versions.find((version) => upstreamVersion(version) === upstreamVersion(request.version))
  if (revision !== undefined || !request.series) return revision
  return versions.find((version) => seriesOf(version) === seriesOf(request.version))
}

/** `10.0` for `1:10.0.2+ds-2`. */
function seriesOf(version: string): string {
  return upstreamVersion(version).split('.', 2).join('.')
}
