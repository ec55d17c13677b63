/** The upstream part of a package's version: `6.18.5` of `1:6.18.5-1~bpo13+1`. */
export function upstreamOf(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '')
}

/**
 * Orders released kernels by their upstream versions: numbers by value, and `7.4~rc2` before `7.4` (deb-version(7)).
 * @returns less than 0 when `one` is older, more when it is newer, 0 when both are the same release
 */
export function compareReleases(one: string, other: string): number {
  const [a, b] = [partsOf(upstreamOf(one)), partsOf(upstreamOf(other))]
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** `7.4~rc2` as 7, 4, -1, 2: what stands behind a tilde comes before nothing at all. */
function partsOf(version: string): number[] {
  return version
    .replaceAll('~', '.-1.')
    .split(/[.+]/)
    .flatMap((part) => {
      const digits = /-?\d+/.exec(part)?.[0]
      return digits === undefined ? [] : [Number(digits)]
    })
}

/** Releases between two, both included, each once and oldest first. */
export function releasesFrom<Release extends { version: string }>(
  all: readonly Release[],
  [one, other]: readonly [string, string],
): { releases: Release[]; turned: boolean } {
  const turned = compareReleases(one, other) > 0
  const [older, newer] = turned ? [other, one] : [one, other]
  const named = (release: Release) => Number(release.version !== one && release.version !== other)
  // Of several packages of one release the one that was named.
  const sorted = all
    .filter(({ version }) => compareReleases(version, older) >= 0 && compareReleases(version, newer) <= 0)
    .toSorted((a, b) => compareReleases(a.version, b.version) || named(a) - named(b))
  const releases = sorted.filter(
    (each, index) => index === 0 || compareReleases(sorted[index - 1]!.version, each.version) !== 0,
  )
  return { releases, turned }
}
