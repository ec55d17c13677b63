import type { SourceLocation } from './cell.ts'

/** A resolved location in words, for people; undefined for one that the plan names as it is. */
export function resolvedInWords(location: SourceLocation): string | undefined {
  switch (location.kind) {
    case 'git':
      return location.was && `${location.url} at ${location.ref}, which was ${location.was}`
    case 'debian':
    case 'deb':
      return location.was && `${location.package} ${location.version}, which was ${location.was}`
    case 'tree':
      return (
        location.snapshot &&
        `${location.path} as it was read: ${location.was ?? `content ${location.snapshot.slice(0, 12)}`}`
      )
    default:
      return undefined
  }
}
