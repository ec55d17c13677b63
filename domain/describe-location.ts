import type { SourceLocation } from './cell.ts'

/** A location as people write it, unique among locations: also its key in the lock file. */
export function describeLocation(location: SourceLocation): string {
  switch (location.kind) {
    case 'debian':
      return `debian ${location.package}=${location.version}`
    case 'deb':
      return `deb ${location.package}=${location.version}`
    case 'tarball':
      return `tarball ${location.url}`
    case 'tree':
      return `tree ${location.path}`
    case 'git':
      return `git ${location.url} ${location.ref}`
    case 'newest':
      return `${location.of} ${location.name}, the newest of ${location.pattern}`
  }
}
