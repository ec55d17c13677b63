import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceLocation } from '../../domain/cell.ts'
import { parseSeries } from '../../domain/patches/parse-series.ts'
import { withLock } from '../../host/lock.ts'
import { markUsed } from '../cache/in-use.ts'
import { download, wantedHash } from './download.ts'
import { obtainingContext, type NamingContext, type SourceContext } from './source.ts'
import { unpackTarball, wantedFromDebian } from './tarball.ts'

type DebianLocation = Extract<SourceLocation, { kind: 'debian' }>

/**
 * The sha256 of the tarball that holds Debian's own patches to a package; fetched only when nothing tells it.
 * @throws LabError SourceMissing, ChecksumMismatch
 */
export async function debianSeriesIdentity(location: DebianLocation, context: NamingContext): Promise<string> {
  const full = obtainingContext(context)
  const wanted = wantedFromDebian(location, 'debian', full)
  return (await wantedHash(wanted, full)) ?? (await download(wanted, full)).sha256
}

/**
 * Debian's own patches to a package, in the order of `debian/patches/series`.
 * @returns absolute paths
 * @throws LabError SourceMissing, ChecksumMismatch
 */
export async function debianSeries(location: DebianLocation, context: SourceContext): Promise<string[]> {
  const { path, sha256 } = await download(wantedFromDebian(location, 'debian', context), context)
  const folder = join(context.folders.cache, 'sources', `debian-${sha256.slice(0, 20)}`)
  await withLock(`${folder}.lock`, { signal: context.signal }, async () => {
    const whole = join(folder, 'whole')
    if ((await readFile(whole, 'utf8').catch(() => '')) === sha256) return await markUsed(whole)
    await rm(`${folder}.part`, { recursive: true, force: true })
    await mkdir(`${folder}.part`, { recursive: true })
    await unpackTarball(path, `${folder}.part`, context)
    await writeFile(join(`${folder}.part`, 'whole'), sha256)
    await rm(folder, { recursive: true, force: true })
    await rename(`${folder}.part`, folder)
  })
  // A package without patches has no series.
  const series = await readFile(join(folder, 'patches', 'series'), 'utf8').catch(() => '')
  return parseSeries(series).map((name) => join(folder, 'patches', name))
}
