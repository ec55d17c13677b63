import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { compareReleases, releasesFrom } from '../../domain/search/release-order.ts'
import { kernelReleases } from '../../host/apt/kernel-releases.ts'
import type { SourceContext } from './source.ts'

/** A released kernel and where its source can be had, in the order in which the locations are tried. */
export interface Release {
  name: string
  sources: SourceLocation[]
}

/**
 * The kernels that Debian's mirror of this host has between two, both included and oldest first.
 * @param own the locations of the kernel that is bisected: what they pin stays pinned
 * @param ends versions as plans write them, e.g. `6.18.5-1~bpo13+1`; the upstream part alone will do
 * @returns also whether the end that was named second is the older one
 * @throws LabError BadInput when the mirror has no kernel in between; SourceMissing, ToolMissing
 */
export async function releasesBetween(
  own: readonly SourceLocation[],
  ends: readonly [string, string],
  context: SourceContext,
): Promise<{ releases: Release[]; turned: boolean }> {
  context.progress({ phase: 'download', done: 0 })
  const known = own.filter((each) => each.kind === 'debian' || each.kind === 'deb')
  const all = [...known, ...(await kernelReleases(context.folders, context.signal))]
  const { releases, turned } = releasesFrom(all, ends)
  if (releases.length < 2)
    throw new LabError('BadInput', `Debian's mirror of this host has no two kernels from ${ends.join(' to ')}: name other versions.`)
  return {
    turned,
    releases: releases.map(({ version }) => ({
      name: version,
      sources: all.filter((each) => compareReleases(each.version, version) === 0),
    })),
  }
}
