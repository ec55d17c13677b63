import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../domain/errors.ts'
import { parseDeb822, parseOneLine, type AptSource } from './sources-list.ts'

/** All enabled entries that the host's own apt uses: `sources.list` and `sources.list.d/*.{list,sources}`. */
export async function hostSources(etcApt = '/etc/apt'): Promise<AptSource[]> {
  const parts = join(etcApt, 'sources.list.d')
  const names = await readdir(parts).catch(() => [] as string[])
  const files = [join(etcApt, 'sources.list'), ...names.sort().map((name) => join(parts, name))]
  const sources: AptSource[] = []
  for (const file of files) {
    if (!/\.(list|sources)$/.test(file)) continue
    const text = await readFile(file, 'utf8').catch(() => '')
    sources.push(...(file.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text)))
  }
  return sources
}

/** A Debian release's codename, as `VERSION_CODENAME` in /etc/os-release says it; undefined when this is not Debian. */
export async function debianCodename(osRelease = '/etc/os-release'): Promise<string | undefined> {
  const text = await readFile(osRelease, 'utf8').catch(() => '')
  if (!/^ID=["']?debian["']?$/m.test(text)) return undefined
  return /^VERSION_CODENAME=["']?([a-z]+)/m.exec(text)?.[1]
}

const archiveSuite = /^(bookworm|trixie|forky|duke|sid|stable|oldstable|testing|unstable)\/?$/

/** The host's entries for Debian's own archive: the release itself, its updates and its security fixes. */
export function debianSources(sources: AptSource[]): AptSource[] {
  return sources
    .map((source) => ({
      ...source,
      types: source.types.filter((type) => type === 'deb'),
      suites: source.suites.filter((suite) => archiveSuite.test(suite.replace(/-(updates|security|backports)$/, ''))),
    }))
    .filter((source) => source.types.length > 0 && source.suites.length > 0 && source.components.includes('main'))
}

/**
 * The mirror from which the host gets Debian's main archive: its addresses and how it is signed.
 * @throws LabError ToolMissing when the host's apt names none
 */
export function debianMirror(sources: AptSource[]): Pick<AptSource, 'uris' | 'fields'> {
  const main = debianSources(sources).find((source) => source.suites.some((suite) => archiveSuite.test(suite)))
  if (main === undefined) {
    throw new LabError(
      'ToolMissing',
      "The host's apt has no entry for Debian's main archive in /etc/apt, so neither packages nor source packages can be had; add one (sources.list(5)), or give the plan's kernel another source (tarball, git or tree).",
    )
  }
  return { uris: main.uris, fields: main.fields }
}
