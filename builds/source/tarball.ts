import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describeLocation } from '../../domain/describe-location.ts'
import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { fetchSourcePackage, upstreamVersion } from './apt/source-package.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { sha256File } from '../../host/sha256.ts'
import { disturbed } from '../ground.ts'
import { download, fetchUrl, fileNameOf, wantedHash, type Wanted } from './download.ts'
import { type FetchedSource, type SourceContext, type SourceProvider } from './source.ts'
import { countFiles } from './whole-tree.ts'

type Location<K> = Extract<SourceLocation, { kind: K }>

/** Upstream's tarball out of a Debian source package. */
export const debianPackage: SourceProvider<Location<'debian'>> = {
  known: (location, context) => knownHash(wantedFromDebian(location, 'orig', context), context),
  fetch: (location, context) =>
    fetchTarball(wantedFromDebian(location, 'orig', context), describeLocation(location), context),
}

/** A tarball at an address: `file:`, `http:` or `https:`. */
export const tarball: SourceProvider<Location<'tarball'>> = {
  known: (location, context) => knownHash(wantedFromUrl(location, context), context),
  fetch: (location, context) => fetchTarball(wantedFromUrl(location, context), describeLocation(location), context),
}

/** One of the two tarballs of a Debian source package, as a file to be downloaded. */
export function wantedFromDebian(
  location: Location<'debian'>,
  part: 'orig' | 'debian',
  context: SourceContext,
): Wanted {
  const stem =
    part === 'orig'
      ? `${location.package}_${upstreamVersion(location.version)}.orig.tar`
      : `${location.package}_${location.version.replace(/^\d+:/, '')}.debian.tar`
  return {
    key: part === 'orig' ? describeLocation(location) : `${describeLocation(location)} debian`,
    fileNames: ['xz', 'gz', 'bz2', 'zst'].map((ending) => `${stem}.${ending}`),
    sha256: part === 'orig' ? location.sha256 : undefined,
    get(into) {
      context.progress({ phase: 'download', done: 0 })
      const request = { package: location.package, version: location.version, part }
      return fetchSourcePackage(request, join(into, 'apt'), context.folders, context.signal)
    },
  }
}

/**
 * Unpacks a tarball into an empty folder, without the one folder that such tarballs put everything into.
 * @returns seconds since 1970 of its newest file
 * @throws LabError BadInput when it is no tarball; DiskFull
 */
export async function unpackTarball(path: string, folder: string, context: SourceContext): Promise<number> {
  context.progress({ phase: 'unpack', done: 0 })
  const raw = join(folder, '.unpacking')
  await mkdir(raw, { recursive: true })
  const { code, stdout, stderr } = await run('tar', ['-x', '-v', '--no-same-owner', '-f', path, '-C', raw], {
    signal: context.signal,
  })
  if (code !== 0) throw await unpackFailure(path, stderr, context)
  // tar does not notice when what it has unpacked is deleted behind it.
  const members = new Set(stdout.split('\n').filter((name) => name !== '' && !name.endsWith('/')))
  if ((await countFiles(raw, context.signal)) < members.size) throw disturbed(raw)
  const entries = await readdir(raw, { withFileTypes: true })
  const [only] = entries
  const top = entries.length === 1 && only?.isDirectory() ? join(raw, only.name) : raw
  for (const name of await readdir(top)) await rename(join(top, name), join(folder, name))
  await rm(raw, { recursive: true })
  return await newestFile(folder, context)
}

/** A file that tar can read through is no bad one: then it was the place where it was unpacked to. */
async function unpackFailure(path: string, said: string, { signal }: SourceContext): Promise<LabError> {
  const sentence = `${path} cannot be unpacked: ${said.trim().split('\n')[0]}`
  const readable = (await run('tar', ['-t', '-f', path], { signal })).code === 0
  return readable
    ? new LabError('SourceMissing', `${sentence}. Is the cache being deleted?`, { retryable: true })
    : new LabError('BadInput', sentence)
}

/** Seconds since 1970 of the newest file below a folder. */
export async function newestFile(folder: string, context: SourceContext): Promise<number> {
  const times = await runOrThrow('find', [folder, '-type', 'f', '-printf', '%Ts\\n'], { signal: context.signal })
  let newest = 0
  for (const time of times.split('\n')) newest = Math.max(newest, Number(time))
  return newest
}

function wantedFromUrl(location: Location<'tarball'>, context: SourceContext): Wanted {
  return {
    key: describeLocation(location),
    fileNames: [fileNameOf(location.url)],
    sha256: location.sha256,
    get: (into) => fetchUrl(location.url, into, context),
  }
}

/** As `SourceIdentity.source`, when the file's sha256 is pinned or recorded. */
export async function knownHash(wanted: Wanted, context: SourceContext): Promise<string | undefined> {
  const hash = await wantedHash(wanted, context)
  return hash === undefined ? undefined : `sha256:${hash}`
}

function fetchTarball(wanted: Wanted, from: string, context: SourceContext): Promise<FetchedSource> {
  return fetchFile(wanted, from, context, (path, folder) => unpackTarball(path, folder, context))
}

/**
 * A source that is one downloaded file.
 * @param unpack fills an empty folder from the file; returns seconds since 1970 of the newest file
 * @throws what `download` throws
 */
export async function fetchFile(
  wanted: Wanted,
  from: string,
  context: SourceContext,
  unpack: (path: string, folder: string) => Promise<number>,
): Promise<FetchedSource> {
  const { path, sha256 } = await download(wanted, context)
  return {
    source: `sha256:${sha256}`,
    from,
    async unpack(folder: string) {
      // Checked again: the cache is a folder like any other, and this is the last moment before its bytes are used.
      if ((await sha256File(path)) !== sha256) {
        await rm(path)
        throw new LabError('ChecksumMismatch', `${path} was damaged in the cache and is removed; run the same again.`, {
          retryable: true,
        })
      }
      return await unpack(path, folder)
    },
  }
}
