import { posteriorOf } from '../bisect/posterior.ts'
import { observationsOf, stateOf } from './bisection-step.ts'
import { candidateCount, candidateName } from './candidates.ts'
import type { Bisection } from './search.ts'
import { toldOf, type Tried } from './tried.ts'

/**
 * A bisection as `git bisect log` writes one (git-bisect(1)), which `git bisect replay` takes where the versions are commits. A
 * version of which attempts disagree is what it is more probably; how they came out is a comment above it.
 * @param tried in the order in which they were first tried
 * @param subject of a commit, by its id; empty where none is known
 */
export function bisectLog(search: Bisection, tried: readonly Tried[], subject: (id: string) => string): string {
  const seen = observationsOf(search, tried)
  const last = candidateCount(search) - 1
  const words = search.seeks === 'failure' ? { old: 'good', new: 'bad' } : { old: 'broken', new: 'fixed' }
  const terms = search.seeks === 'failure' ? '' : " '--term-old=broken' '--term-new=fixed'"
  const id = (version: number) =>
    search.versions.of === 'commits' ? search.versions.ids[version]! : candidateName(search, version)
  const named = (version: number) => `[${id(version)}] ${subject(id(version))}`.trimEnd()
  const isNew = newness(posteriorOf(seen, last))
  const ends = [0, last].flatMap((end) => tried.filter(({ candidate }) => candidate === end))
  const between = tried.filter(({ candidate }) => candidate !== 0 && candidate !== last)
  const lines = [...ends, ...between].flatMap((one) => {
    const { failed, of, silent } = toldOf(one)
    if (of === 0 && silent === undefined) return []
    const said = one.attempts.filter(({ fails }) => fails !== undefined)
    const word = of === 0 ? 'skip' : isNew(one.candidate) ? words.new : words.old
    const attempts = of === 0 ? silent : `${failed} of ${of} attempts failed: ${said.map((each) => each.id).join(', ')}`
    return [`# ${attempts}`, `# ${word}: ${named(one.candidate)}`, `git bisect ${word} ${id(one.candidate)}`]
  })
  return [`git bisect start '--first-parent'${terms}`, ...lines, ...verdict(search, seen, words.new, named), ''].join(
    '\n',
  )
}

function verdict(
  search: Bisection,
  seen: ReturnType<typeof observationsOf>,
  word: string,
  named: (version: number) => string,
): string[] {
  const state = stateOf(search, seen)
  if (state.is !== 'found') return []
  const [only, second] = state.culprits
  if (second === undefined) return [`# first ${word} commit: ${named(only!)}`]
  return [
    '# only skipped commits left to test',
    ...state.culprits.map((one) => `# possible first ${word} commit: ${named(one)}`),
  ]
}

/** Whether a version is more probably one with the change than one without. */
function newness(posterior: readonly number[]): (version: number) => boolean {
  let sum = 0
  const upTo = posterior.map((each) => (sum += each))
  return (version) => upTo[version]! >= 0.5
}
