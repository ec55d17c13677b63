import { describeLocation } from '../../domain/describe-location.ts'
import type { NewestLocation, SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { newestDebian } from './apt/newest.ts'
import { newestTag, remoteCommit } from './git-refs.ts'
import { isCommitId, isLocal, resolveLocal } from './git.ts'
import { freezeTree } from './local-tree.ts'
import { type SourceContext } from './source.ts'

/** Whether a location may mean another source tomorrow: a branch, a tag, the newest of several, a tree that is worked in. */
export function isMoving(location: SourceLocation): boolean {
  if (location.kind === 'tree') return location.snapshot === undefined
  return location.kind === 'newest' || (location.kind === 'git' && !isCommitId(location.ref))
}

/**
 * What a location means at this moment: a commit, a version, a snapshot. One that does not move is returned as it is.
 * @throws LabError SourceMissing, retryable when whoever knows it cannot be reached
 */
export async function resolveLocation(
  location: SourceLocation,
  context: SourceContext,
): Promise<Exclude<SourceLocation, NewestLocation>> {
  if (location.kind === 'newest') return await resolveNewest(location, context)
  if (location.kind === 'tree') return await freezeTree(location, context)
  if (location.kind !== 'git' || isCommitId(location.ref)) return location
  const commit = isLocal(location)
    ? await resolveLocal(location, context)
    : await remoteCommit(location.url, location.ref, context)
  return { kind: 'git', url: location.url, ref: commit, was: location.ref }
}

async function resolveNewest(
  location: NewestLocation,
  context: SourceContext,
): Promise<Exclude<SourceLocation, NewestLocation>> {
  const { of, name, pattern } = location
  if (of === 'git') {
    const { tag, commit } = await newestTag(location, context)
    return { kind: 'git', url: name, ref: commit, was: `${tag}, the newest of ${pattern}` }
  }
  const kind = of === 'debian' ? 'source' : 'binary'
  const version = await newestDebian({ kind, package: name, pattern }, context.folders, context.signal)
  return { kind: of, package: name, version, was: `the newest of ${pattern}` }
}

/**
 * Resolves the sources of kernels, each location once however many have it: so all of a run are built from the same,
 * and its builds find tomorrow what they were named by today.
 */
export class SourceResolver {
  readonly #context: SourceContext
  readonly #known = new Map<string, Promise<SourceLocation>>()

  constructor(context: SourceContext) {
    this.#context = context
  }

  /**
   * The locations of one source with the first of them resolved where it moves. What comes behind it would be another
   * source than what it is resolved to, and is left out; it comes first itself where the one before cannot be resolved.
   * Where the first does not move all stay as they are, but for those on this machine, which people work in: what they
   * are is found out, and who is not there is left out.
   * @throws LabError SourceMissing when no location is left; what `resolveLocation` throws for the last one
   */
  async resolve(locations: readonly SourceLocation[]): Promise<SourceLocation[]> {
    const [first, ...rest] = locations
    if (first === undefined) return []
    if (!isMoving(first)) return [first, ...(await this.#freezeLocal(rest))]
    try {
      return [await this.#once(first)]
    } catch (error) {
      if (rest.length === 0 || !(error instanceof LabError) || error.code !== 'SourceMissing') throw error
      this.#context.say?.(`${error.message} Going on with the next location.`)
      return await this.resolve(rest)
    }
  }

  async #freezeLocal(locations: readonly SourceLocation[]): Promise<SourceLocation[]> {
    const frozen: SourceLocation[] = []
    for (const location of locations) {
      const local = isMoving(location) && (location.kind === 'tree' || (location.kind === 'git' && isLocal(location)))
      try {
        frozen.push(local ? await this.#once(location) : location)
      } catch (error) {
        if (!(error instanceof LabError) || error.code !== 'SourceMissing') throw error
      }
    }
    return frozen
  }

  #once(location: SourceLocation): Promise<SourceLocation> {
    const key = describeLocation(location)
    const known = this.#known.get(key) ?? resolveLocation(location, this.#context)
    this.#known.set(key, known)
    return known
  }
}
