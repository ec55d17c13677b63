import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describeLocation } from '../../domain/describe-location.ts'
import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { fetchBinaryPackage } from './apt/binary-package.ts'
import { run } from '../../host/run.ts'
import type { Wanted } from './download.ts'
import { type SourceContext, type SourceProvider } from './source.ts'
import { fetchFile, knownHash, newestFile, unpackTarball } from './tarball.ts'

type DebLocation = Extract<SourceLocation, { kind: 'deb' }>

/**
 * What a Debian binary package carries: the source tarball in /usr/src of a `linux-source-*`, with Debian's patches in it,
 * else the package's files as they would be installed. Mirrors keep these when the source package's tarball has gone.
 */
export const deb: SourceProvider<DebLocation> = {
  known: (location, context) => knownHash(wantedDeb(location, context), context),
  fetch: (location, context) =>
    fetchFile(wantedDeb(location, context), describeLocation(location), context, (path, folder) =>
      unpackDeb(path, folder, context),
    ),
}

function wantedDeb(location: DebLocation, context: SourceContext): Wanted {
  const { package: name, version } = location
  const stem = `${name}_${version.replace(/^\d+:/, '')}`
  return {
    key: describeLocation(location),
    fileNames: [`${stem}_all.deb`],
    sha256: location.sha256,
    get(into) {
      context.progress({ phase: 'download', done: 0 })
      return fetchBinaryPackage({ package: name, version }, join(into, 'apt'), context.folders, context.signal)
    },
  }
}

/** @returns seconds since 1970 of the newest file */
async function unpackDeb(path: string, folder: string, context: SourceContext): Promise<number> {
  context.progress({ phase: 'unpack', done: 0 })
  const raw = join(folder, '.package')
  await mkdir(raw, { recursive: true })
  const { code, stderr } = await run('dpkg-deb', ['--extract', path, raw], { signal: context.signal })
  if (code !== 0)
    throw new LabError('BadInput', `${path} is no package that can be unpacked: ${stderr.trim().split('\n')[0]}`)
  const sources = (await readdir(join(raw, 'usr/src')).catch(() => [])).filter((name) => /\.tar\.\w+$/.test(name))
  const [only, second] = sources
  if (only !== undefined && second === undefined) await unpackTarball(join(raw, 'usr/src', only), folder, context)
  else for (const name of await readdir(raw)) await rename(join(raw, name), join(folder, name))
  await rm(raw, { recursive: true })
  return await newestFile(folder, context)
}
