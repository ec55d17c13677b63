import { join } from 'node:path'
import { obtainingContext } from '../../builds/source/source.ts'
import { download } from '../../builds/source/download.ts'
import { fetchBinaryPackage } from '../../builds/source/apt/binary-package.ts'
import type { Folders } from '../../host/folders.ts'
import { runOrThrow } from '../../host/run.ts'

/** A U-Boot of Debian's for a board whose architecture is not this machine's: it is unpacked, and nothing of it is installed. */
export interface DebianUBoot {
  package: string
  version: string
  architecture: string
  /** Of the package. */
  sha256: string
}

/** Unpacks one below a folder, from what the cache has or Debian's mirrors. @returns the folder of its boards */
export async function unpackUBoot(uBoot: DebianUBoot, folder: string, folders: Folders): Promise<string> {
  const { package: name, version, architecture, sha256 } = uBoot
  const context = obtainingContext({ folders })
  const { path } = await download(
    {
      key: `deb ${name}:${architecture}=${version}`,
      fileNames: [`${name}_${version}_${architecture}.deb`],
      sha256,
      get: (into) => fetchBinaryPackage(uBoot, join(into, 'apt'), folders, context.signal),
    },
    context,
  )
  await runOrThrow('dpkg-deb', ['--extract', path, join(folder, name)])
  return join(folder, name, 'usr/lib/u-boot')
}
