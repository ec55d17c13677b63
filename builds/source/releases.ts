import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { compareReleases, releasesFrom } from '../../domain/search/release-order.ts'
import { kernelReleases } from './apt/kernel-releases.ts'
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
 * @throws LabError BadInput naming an end that the mirror does not have; SourceMissing, ToolMissing
 */
export async function releasesBetween(
  own: readonly SourceLocation[],
  ends: readonly [string, string],
  context: SourceContext,
): Promise<{ releases: Release[]; turned: boolean }> {
  context.progress({ phase: 'download', done: 0 })
  const known = own.filter((each) => each.kind === 'debian' || each.kind === 'deb')
  const all = [...known, ...(await kernelReleases(context.folders, context.signal))]
  const missing = ends.find((end) => !all.some(({ version }) => compareReleases(version, end) === 0))
  if (missing !== undefined) {
    const names = [...new Set(all.map(({ version }) => version))].toSorted(compareReleases)
    throw new LabError(
      'BadInput',
      `The mirror of this host has no kernel ${missing}: name one that it has (${names.join(', ')}).`,
    )
  }
  const { releases, turned } = releasesFrom(all, ends)
  return {
    turned,
    releases: releases.map(({ version }) => ({
      name: version,
      sources: all.filter((each) => compareReleases(each.version, version) === 0),
    })),
  }
}
