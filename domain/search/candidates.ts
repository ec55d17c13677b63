import { pointId, type Point } from '../plan/axes.ts'
import type { Bisection, Candidate, Search } from './search.ts'

/** @returns how many a search has to choose from */
export function candidateCount(search: Search): number {
  if (search.kind === 'rerun') return search.variants.length
  const { versions, cell } = search
  switch (versions.of) {
    case 'patches':
      return cell.kernel.patches.length - versions.first + 1
    case 'commits':
      return versions.ids.length
    case 'releases':
      return versions.releases.length
  }
}

/** What people call a candidate by: the last patch of a version, a commit, a release, the inputs of a variant. */
export function candidateName(search: Search, number: number): string {
  if (search.kind === 'rerun') return search.variants[number]!.name
  const { versions, cell } = search
  switch (versions.of) {
    case 'patches': {
      const patches = versions.first + number
      return patches === 0 ? 'without patches' : fileName(cell.kernel.patches[patches - 1]!)
    }
    case 'commits':
      return versions.ids[number]!.slice(0, 12)
    case 'releases':
      return versions.releases[number]!.name
  }
}

/** The cell of a candidate, whose id is its own among those of the search, with one attempt at a time. */
export function candidateOf(search: Search, number: number): Candidate {
  const name = candidateName(search, number)
  if (search.kind === 'bisect') return { name, cell: versionCell(search, number) }
  const { cell, ...variant } = search.variants[number]!
  return { ...variant, cell: renamed(cell, kernelAxis(search, number)) }
}

/** @returns the id of a candidate's cell, without making the cell */
export function candidateId(search: Search, number: number): string {
  const cell = search.kind === 'bisect' ? search.cell : search.variants[number]!.cell
  return pointId({ ...(cell.axes as Point), kernel: kernelAxis(search, number) })
}

function kernelAxis(search: Search, number: number): string {
  if (search.kind === 'rerun') return `${search.variants[number]!.cell.axes['kernel']}@${number}`
  return `${search.cell.axes['kernel']}@${versionLabel(search, number)}`
}

/** What makes a version's cell another one than the others': names of patches may be the same in two folders. */
function versionLabel({ versions, cell }: Bisection, number: number): string {
  if (versions.of === 'patches') return `${versions.first + number}of${cell.kernel.patches.length}`
  return versions.of === 'commits' ? versions.ids[number]!.slice(0, 12) : versions.releases[number]!.name
}

function versionCell(search: Bisection, number: number) {
  const { versions, cell } = search
  const { kernel } = cell
  const axis = kernelAxis(search, number)
  const of = (changes: Partial<typeof kernel>) =>
    renamed({ ...cell, kernel: { ...kernel, name: axis, ...changes } }, axis)
  switch (versions.of) {
    case 'patches':
      return of({ patches: kernel.patches.slice(0, versions.first + number) })
    case 'commits':
      return of({ sources: [{ kind: 'git', url: versions.url, ref: versions.ids[number]! }] })
    case 'releases':
      return of({ sources: versions.releases[number]!.sources })
  }
}

function renamed(cell: Candidate['cell'], kernel: string): Candidate['cell'] {
  const axes = { ...cell.axes, kernel }
  return { ...cell, axes, id: pointId(axes as Point), attempts: { count: 1, infra: cell.attempts.infra } }
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
