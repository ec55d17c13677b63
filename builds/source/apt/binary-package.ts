import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { Folders } from '../../../host/folders.ts'
import { run } from '../../../host/run.ts'
import { aptComplaint, updateLists, type OwnApt } from './own-config.ts'
import { fromSuites } from './suites.ts'

/** A binary package by its exact version; `architecture` where it is not this machine's own. */
export interface BinaryPackage {
  package: string
  version: string
  architecture?: string
}

/**
 * Downloads a Debian binary package (`<package>_<version>_<architecture>.deb`) into `into`, without installing it, through
 * an apt configuration of our own that is made from the mirrors of the host. Suites are tried one after another.
 * @returns the file's path; its bytes are for the caller to check
 * @throws LabError SourceMissing naming the package, the suites tried and what apt said in each
 */
export async function fetchBinaryPackage(
  request: BinaryPackage,
  into: string,
  folders: Folders,
  signal: AbortSignal,
): Promise<string> {
  return await fromSuites('binary', request, folders, signal, (apt) => fetchFromSuite(apt, request, into, signal))
}

async function fetchFromSuite(apt: OwnApt, request: BinaryPackage, into: string, signal: AbortSignal): Promise<string> {
  // Versions come and go: lists that do not know one are fetched again, unless they are fresh.
  await updateLists(apt, 7 * 86_400, signal)
  if (!(await isListed(apt, request, signal))) {
    await updateLists(apt, 600, signal)
    if (!(await isListed(apt, request, signal))) throw new LabError('SourceMissing', 'not in this suite')
  }
  await rm(into, { recursive: true, force: true })
  await mkdir(into, { recursive: true })
  const args = ['-c', apt.config, '-q', 'download', `${nameOf(request)}=${request.version}`]
  const { stderr } = await run('apt-get', args, { cwd: into, signal })
  const file = (await readdir(into)).find((name) => name.endsWith('.deb'))
  if (file === undefined) throw new LabError('SourceMissing', aptComplaint(stderr))
  return join(into, file)
}

async function isListed(apt: OwnApt, request: BinaryPackage, signal: AbortSignal): Promise<boolean> {
  const { stdout } = await run('apt-cache', ['-c', apt.config, 'madison', nameOf(request)], { signal })
  return stdout.split('\n').some((row) => row.split('|')[1]?.trim() === request.version)
}

function nameOf({ package: name, architecture }: BinaryPackage): string {
  return architecture === undefined ? name : `${name}:${architecture}`
}
