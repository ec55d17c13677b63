import { commitsBetween } from '../builds/source/history.ts'
import { releasesBetween } from '../builds/source/releases.ts'
import type { SourceContext } from '../builds/source/source.ts'
import type { KernelInputs } from '../domain/cell.ts'
import { LabError } from '../domain/errors.ts'
import { movedGroups, withInputs, type Made } from '../domain/search/moved-groups.ts'
import type { Bisection, Versions } from '../domain/search/search.ts'
import type { Store } from '../store/store.ts'
import { madeOf } from './rerun-variants.ts'
import { requireSamePatches } from './same-patches.ts'
import { lastOtherwise, type Subject } from './search-subject.ts'

/** The ends that a user named: revisions of the kernel's repository, or versions of Debian's kernels. */
export interface NamedEnds {
  good?: string
  bad?: string
}

/** The versions of a bisection, and what the user should know of them. */
export interface BisectRange {
  cell: Bisection['cell']
  versions: Versions
  seeks: Bisection['seeks']
  said: string[]
}

/**
 * The range over which a cell is bisected: between the ends that are named; else what moved of the kernel since the newest
 * earlier result that came out otherwise: the patches that came to its series, or the commits of its repository.
 * @throws LabError BadInput, NotFound where there is no such range; SourceMissing
 */
export async function bisectRange(
  store: Store,
  subject: Subject,
  named: NamedEnds,
  context: SourceContext,
): Promise<BisectRange> {
  const now = madeOf(subject.context)
  const { cell } = withInputs(now, {})
  await requireSamePatches(now, subject.of)
  const other = await lastOtherwise(store, subject)
  const before = other && madeOf(other)
  const said = other
    ? [`${subject.finding} ${subject.fails ? 'passed' : 'failed'} in ${other.run.id}.${other.cell.number}.`]
    : []
  const isNamed = named.good !== undefined || named.bad !== undefined
  if (!isNamed) {
    const first = samePatches(before, now)
    const { length } = now.cell.kernel.patches
    if (first < length) {
      if (!before)
        said.push(
          `No earlier result that came out otherwise is known: its ${length} patches are gone through from the first.`,
        )
      return { cell, versions: { of: 'patches', first }, seeks: subject.fails ? 'failure' : 'fix', said }
    }
  }
  if (!isNamed && before && !movedGroups(before, now).includes('kernel'))
    throw new LabError(
      'NotFound',
      `The kernel of ${subject.of} is of the same source, with the same patches, as when ${subject.finding} last came out otherwise: \`hyplab rerun ${subject.of}\` says which input did it.`,
    )
  const url = repositoryOf(now.cell.kernel)
  const ends = endsOf(subject, named, before, now, url)
  if (url === undefined) {
    const { releases, turned } = await releasesBetween(now.cell.kernel.sources, ends, context)
    return { cell, versions: { of: 'releases', releases }, seeks: turned ? 'fix' : 'failure', said }
  }
  const { ids, turned } = await commitsBetween({ url }, ends, context)
  return { cell, versions: { of: 'commits', url, ids }, seeks: turned ? 'fix' : 'failure', said }
}

/** How many patches at the beginning of the series were there before; none when nothing is known of before. */
function samePatches(before: Made | undefined, now: Made): number {
  if (!before) return 0
  const [was, is] = [patchesOf(before, now), patchesOf(now, before)]
  const first = is.findIndex((patch, index) => was[index] !== patch)
  return first < 0 ? is.length : first
}

/** The sha256 of each patch where both builds say them, else where they lie. */
function patchesOf({ cell, kernel }: Made, other: Made): readonly unknown[] {
  const hashes = kernel?.['patches']
  return Array.isArray(hashes) && Array.isArray(other.kernel?.['patches']) ? hashes : cell.kernel.patches
}

/** The git repository that a kernel is of, as a path or a URL; a work tree's, too. */
function repositoryOf({ sources }: KernelInputs): string | undefined {
  for (const source of sources) {
    if (source.kind === 'git') return source.url
    if (source.kind === 'tree') return source.path
  }
  return undefined
}

/** @returns the good end and the bad one; one that is not named is what was built of the result that is known */
function endsOf(
  { fails, of }: Subject,
  { good, bad }: NamedEnds,
  before: Made | undefined,
  now: Made,
  url: string | undefined,
): [good: string, bad: string] {
  const [passing, failing] = fails ? [before, now] : [now, before]
  const ends = [good ?? revisionOf(passing, url), bad ?? revisionOf(failing, url)] as const
  if (ends[0] !== undefined && ends[1] !== undefined && ends[0] !== ends[1]) return [ends[0], ends[1]]
  const missing = ends[0] === undefined ? '--good' : '--bad'
  const what = url === undefined ? 'a version of the package' : `a revision of ${url}`
  throw new LabError('BadInput', `Where the range of ${of} ends is not known: name ${what} with ${missing}.`)
}

/** What a kernel was built from, as its ends are named. */
function revisionOf(made: Made | undefined, url: string | undefined): string | undefined {
  if (!made) return undefined
  if (url !== undefined) return /^commit:([0-9a-f]{40})$/.exec(String(made.kernel?.['source']))?.[1]
  return made.cell.kernel.sources.flatMap((each) => ('version' in each ? [each.version] : []))[0]
}
