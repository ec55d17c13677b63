import { posteriorOf } from '../../domain/bisect/posterior.ts'
import { inWords, rateOf } from '../../domain/flake/rate.ts'
import { observationsOf, probabilityInWords } from '../../domain/search/bisection-step.ts'
import { candidateCount, candidateName } from '../../domain/search/candidates.ts'
import type { Search } from '../../domain/search/search.ts'
import { toldOf } from '../../domain/search/tried.ts'
import { triedOf } from '../../reading/search-tried.ts'
import type { RunDetail } from '../../store/details.ts'
import type { Context } from '../context.ts'
import { table } from './table.ts'

type Paint = Context['paint']

/** What was seen of one candidate of a search. */
export interface SearchRow {
  /** Its number among the candidates. */
  candidate: number
  name: string
  /** e.g. `14.3`. */
  cell: string
  failed: number
  of: number
  /** Attempts that the lab broke. */
  broken: number
  /** Why nothing can be told of it, in one sentence. */
  silent?: string
  /** Of a bisection: how probable it is that this version did it, from 0 to 1. */
  probability?: number
}

/** What was tried of a search, in the order of the candidates. */
export function searchRows(search: Search, { run, cells }: RunDetail): SearchRow[] {
  const tried = triedOf(search, cells)
  const posterior =
    search.kind === 'bisect' ? posteriorOf(observationsOf(search, tried), candidateCount(search) - 1) : undefined
  return tried
    .map(({ candidate, cell, ...one }) => ({
      candidate,
      name: candidateName(search, candidate),
      cell: `${run.id}.${cell.number}`,
      ...toldOf({ candidate, ...one }),
      broken: one.attempts.filter(({ ending }) => ending === 'infra' || ending === 'tainted').length,
      ...(posterior && { probability: posterior[candidate]! }),
    }))
    .toSorted((a, b) => a.candidate - b.candidate)
}

/** A bisection or a rerun as text: what it came to, and how each version or variant came out. */
export function reportSearch(search: Search, detail: RunDetail, paint: Paint): string {
  const { run } = detail
  const rows = searchRows(search, detail)
  const what = search.kind === 'bisect' ? 'version' : 'variant'
  const head = [what, 'cell', `${search.finding} failed`, ...(search.kind === 'bisect' ? ['did it'] : []), '']
  const lines = rows.map(({ name, cell, failed, of, broken, silent, probability }) => [
    name,
    cell,
    of === 0 ? '-' : inWords(rateOf(failed, of)),
    ...(probability === undefined ? [] : [probabilityInWords(probability)]),
    [silent ?? '', broken === 0 ? '' : `the lab broke ${broken}`].filter((part) => part !== '').join('; '),
  ])
  const first = detail.cells.flatMap(({ attempts }) => attempts)[0]
  return [
    `run ${run.id}, ${search.kind} of ${search.of}: ${run.summary ?? run.state}`,
    ...(rows.length === 0 ? [] : ['', table([head.map(paint.dim), ...lines])]),
    ...(first ? ['', `all findings and files: hyplab show ${first.id}; what it said: hyplab logs ${first.id}`] : []),
  ].join('\n')
}
