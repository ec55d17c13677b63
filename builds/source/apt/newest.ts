import { LabError } from '../../../domain/errors.ts'
import { compareVersions, newestOf } from '../../../domain/newest-version.ts'
import type { Folders } from '../../../host/folders.ts'
import { run } from '../../../host/run.ts'
import { updateLists, type OwnApt } from './own-config.ts'
import { inSuite, suitesFor } from './suites.ts'

/** Which package, and which of its versions: `*` stands for any text, e.g. `6.12.*`. */
export interface NewestRequest {
  kind: 'source' | 'binary'
  package: string
  pattern: string
}

/** Lists of packages are fetched again when they are older than that, seconds. */
const freshSeconds = 600

/**
 * The newest version of a Debian package that fits a pattern, among all suites that the host's mirror has. Experimental
 * is looked at only for a pattern that names release candidates (`rc`) or `exp`: who asks for the newest means a
 * release.
 * @throws LabError SourceMissing when none fits, with the newest that there is; retryable when no suite can be listed
 */
export async function newestDebian(request: NewestRequest, folders: Folders, signal: AbortSignal): Promise<string> {
  const suites = [...suitesFor(''), ...(/rc|exp/.test(request.pattern) ? ['experimental'] : [])]
  const versions: string[] = []
  const wrong: string[] = []
  for (const suite of suites)
    try {
      versions.push(
        ...(await inSuite(request.kind, suite, undefined, folders, signal, (apt) => list(apt, request, signal))),
      )
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== 'SourceMissing') throw error
      wrong.push(`${suite}: ${error.message}`)
    }
  const newest = newestOf(versions, request.pattern, compareVersions)
  if (newest !== undefined) return newest
  const what = `Debian's ${request.package}`
  if (versions.length === 0 && wrong.length > 0)
    throw new LabError('SourceMissing', `The versions of ${what} cannot be listed (${wrong.join('; ')}).`, {
      retryable: true,
    })
  const there = newestOf(versions, '*', compareVersions)
  const sentence = there === undefined ? 'there is no such package' : `the newest of all is ${there}`
  throw new LabError('SourceMissing', `No version of ${what} fits ${request.pattern}: ${sentence}.`)
}

async function list(apt: OwnApt, { kind, package: name }: NewestRequest, signal: AbortSignal): Promise<string[]> {
  await updateLists(apt, freshSeconds, signal)
  const config = ['-c', apt.config]
  if (kind === 'binary') {
    const { stdout } = await run('apt-cache', [...config, 'madison', name], { signal })
    return stdout.split('\n').flatMap((row) => row.split('|')[1]?.trim() ?? [])
  }
  const { stdout } = await run('apt-cache', [...config, 'showsrc', '--only-source', name], { signal })
  return [...stdout.matchAll(/^Version: (\S+)$/gm)].map((match) => match[1]!)
}
