import { join } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import type { Folders } from '../../../host/folders.ts'
import { withLock } from '../../../host/lock.ts'
import { run } from '../../../host/run.ts'
import { debianMirror, hostSources } from './mirrors.ts'
import { ownApt, updateLists, type OwnApt } from './own-config.ts'

/** A kernel's source that Debian has: the source package `linux`, or a binary package that carries a source tree. */
export interface KernelRelease {
  kind: 'debian' | 'deb'
  package: string
  version: string
}

const suites = ['bookworm', 'trixie', 'trixie-backports', 'sid', 'experimental']

/**
 * The kernels whose source Debian's mirror of this host has, over all suites that it has, in no order.
 * @throws LabError ToolMissing when the host's apt names no mirror; SourceMissing when no suite can be read
 */
export async function kernelReleases(folders: Folders, signal: AbortSignal): Promise<KernelRelease[]> {
  const mirror = debianMirror(await hostSources())
  const found: KernelRelease[] = []
  const wrong: string[] = []
  for (const suite of suites) {
    for (const kind of ['source', 'binary'] as const) {
      const folder = join(folders.cache, 'apt', `${kind}-${suite}`)
      const source = {
        ...mirror,
        types: [kind === 'source' ? 'deb-src' : 'deb'],
        components: ['main'],
        suites: [suite],
      }
      try {
        const releases = await withLock(`${folder}.lock`, { signal }, async () => {
          const apt = await ownApt(folder, [source])
          await updateLists(apt, 7 * 86_400, signal)
          return kind === 'source' ? await sourcesIn(apt, signal) : await packagesIn(apt, signal)
        })
        found.push(...releases)
      } catch (error) {
        if (!(error instanceof LabError) || error.code !== 'SourceMissing') throw error
        wrong.push(`${suite}: ${error.message}`)
      }
    }
  }
  if (found.length > 0) return found
  throw new LabError('SourceMissing', `This host's mirror has no kernels (${wrong.join('; ')}).`, { retryable: true })
}

async function sourcesIn(apt: OwnApt, signal: AbortSignal): Promise<KernelRelease[]> {
  const { stdout } = await run('apt-cache', ['-c', apt.config, 'showsrc', '--only-source', 'linux'], { signal })
  return [...stdout.matchAll(/^Version: (\S+)$/gm)].map((match) => ({
    kind: 'debian',
    package: 'linux',
    version: match[1]!,
  }))
}

async function packagesIn(apt: OwnApt, signal: AbortSignal): Promise<KernelRelease[]> {
  const search = ['-c', apt.config, 'search', '--names-only', '^linux-source-[0-9.]+$']
  const { stdout } = await run('apt-cache', search, { signal })
  const names = stdout.split('\n').flatMap((line) => line.split(' - ')[0]!.trim() || [])
  if (names.length === 0) return []
  const rows = (await run('apt-cache', ['-c', apt.config, 'madison', ...names], { signal })).stdout.split('\n')
  return rows.flatMap((row) => {
    const [name, version] = row.split('|').map((part) => part.trim())
    return name && version ? [{ kind: 'deb' as const, package: name, version }] : []
  })
}
