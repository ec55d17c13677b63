import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import { run } from '../../../host/run.ts'
import { renderDeb822, type AptSource } from './sources-list.ts'

/** An apt configuration of our own: nothing of it is in /etc/apt, and the host's own lists are not touched. */
export interface OwnApt {
  folder: string
  /** To be given to apt-get and apt-cache with `-c`. */
  config: string
}

/**
 * Writes (only when it changed) a configuration below `folder` with its own sources, lists and cache. The host's
 * apt.conf.d still applies (proxies, credentials), but not its hooks on `update`, which tend caches that are not ours.
 * @param preferences which version of a package to prefer, as in apt_preferences(5)
 */
export async function ownApt(folder: string, sources: AptSource[], preferences = ''): Promise<OwnApt> {
  const config = join(folder, 'apt.conf')
  for (const part of ['sources.d', 'lists/partial', 'archives/partial'])
    await mkdir(join(folder, part), { recursive: true })
  const changed = await writeIfChanged(join(folder, 'sources.d', 'hyplab.sources'), renderDeb822(sources))
  await writeIfChanged(join(folder, 'preferences'), preferences)
  // Given with -c, this file is read after the host's own, so what it says wins (apt.conf(5)).
  await writeIfChanged(
    config,
    [
      'Dir::Etc::SourceList "/dev/null";',
      `Dir::Etc::SourceParts "${join(folder, 'sources.d')}";`,
      `Dir::Etc::Preferences "${join(folder, 'preferences')}";`,
      `Dir::State::Lists "${join(folder, 'lists')}";`,
      `Dir::Cache "${folder}";`,
      `Dir::Cache::archives "${join(folder, 'archives')}";`,
      'Dir::Cache::pkgcache "pkgcache.bin";',
      'Dir::Cache::srcpkgcache "srcpkgcache.bin";',
      'Acquire::Languages "none";',
      'Acquire::Retries "3";',
      // Our folders are below a home that the user _apt need not be able to read.
      'APT::Sandbox::User "root";',
      'DPkg::Lock::Timeout "600";',
      // One line a step instead of a percentage that redraws itself.
      'DPkg::Use-Pty "0";',
      'quiet "1";',
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      '',
    ].join('\n'),
  )
  if (changed) await writeFile(join(folder, 'stale'), '')
  return { folder, config }
}

/**
 * Fetches the package lists when they are older than `maxAgeSeconds`, or were never fetched whole for these sources.
 * @throws LabError SourceMissing with apt's own words when a list cannot be had
 */
export async function updateLists(apt: OwnApt, maxAgeSeconds: number, signal?: AbortSignal): Promise<void> {
  const stamp = join(apt.folder, 'updated')
  const stale = await stat(join(apt.folder, 'stale')).catch(() => undefined)
  const updated = await stat(stamp).catch(() => undefined)
  const age = updated === undefined ? Infinity : (Date.now() - updated.mtimeMs) / 1000
  if (age < maxAgeSeconds && (stale === undefined || stale.mtimeMs < (updated?.mtimeMs ?? 0))) return
  const { code, stderr } = await run(
    'apt-get',
    ['-c', apt.config, '-q', '-o', 'APT::Update::Error-Mode=any', 'update'],
    signal === undefined ? {} : { signal },
  )
  if (code === 127)
    throw new LabError('ToolMissing', 'There is no apt-get on this machine; hyplab sets up Debian 12 and 13.')
  if (code !== 0) {
    throw new LabError('SourceMissing', `apt could not fetch its package lists: ${aptComplaint(stderr)}`, {
      retryable: true,
    })
  }
  await writeFile(stamp, '')
}

/** The lines in which apt says what is wrong, without its marks. */
export function aptComplaint(stderr: string): string {
  const errors = [...stderr.matchAll(/^E: (.*)$/gm)].map((match) => match[1])
  return errors.slice(0, 3).join(' | ') || stderr.trim().split('\n').slice(-2).join(' | ') || 'it did not say why'
}

async function writeIfChanged(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false
  await writeFile(`${path}.part`, text)
  await rename(`${path}.part`, path)
  return true
}
