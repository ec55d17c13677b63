import { causesTree } from '../domain/causes-tree.ts'
import { inputsOf } from '../domain/night/cell-inputs.ts'
import type { CellNight, FailingFinding } from '../domain/night/cell-night.ts'
import { unchangedSince } from '../domain/night/unchanged.ts'
import { windowClosed } from '../domain/not-run.ts'
import { verdictOfAttempt } from '../domain/verdict/attempt-verdict.ts'
import { counts } from '../domain/verdict/counts.ts'
import { runDetail, type CellDetail } from '../store/details.ts'
import { nightsOf, type Night } from '../store/nights.ts'
import type { Run } from '../store/runs.ts'
import type { Store } from '../store/store.ts'

/** A night of a schedule with what its cells came to, and the earlier nights of each of them. */
export interface ReadNight {
  night: Night
  /** Null for a night that did not begin. */
  run: Run | null
  tonight: CellNight[]
  /** The earlier nights of a cell, oldest first. */
  past: (cell: string) => CellNight[]
  /** The night since which nothing moved that cells are made of; absent where something did. */
  unchangedSince?: { run: number; at: number }
}

/** So many nights before are looked at: a season's. */
const remembered = 120

/**
 * Reads a night and its past.
 * @param at the night's id; the newest of the schedule when absent
 * @returns undefined when the schedule has no such night
 */
export async function readNight(store: Store, schedule: string, at?: number): Promise<ReadNight | undefined> {
  const nights = await nightsOf(store, schedule, at, remembered + 1)
  const [night, ...earlier] = nights
  if (!night) return undefined
  const past = await Promise.all(earlier.toReversed().map((each) => cellsOf(store, each)))
  const before = past.toReversed().flatMap(({ run: of, cells: ofNight }, index) => {
    return of === null ? [] : [{ run: of.id, at: earlier[index]!.due, cells: ofNight }]
  })
  const byCell = Map.groupBy(
    past.flatMap(({ cells }) => cells),
    ({ cell }) => cell,
  )
  const { run, cells } = await cellsOf(store, night)
  const since = run && unchangedSince(cells, before)
  return { night, run, tonight: cells, past: (cell) => byCell.get(cell) ?? [], ...(since && { unchangedSince: since }) }
}

async function cellsOf(store: Store, { run, due }: Night): Promise<{ run: Run | null; cells: CellNight[] }> {
  if (run === null) return { run: null, cells: [] }
  const detail = await runDetail(store, run)
  return { run: detail.run, cells: detail.cells.map((cell) => cellNight(cell, due, detail.run)) }
}

function cellNight(stored: CellDetail, at: number, of: Run): CellNight {
  const { run, number, cell, verdict, attempts, notRun } = stored
  const counted = attempts.flatMap(({ end, ...attempt }) => (end && counts(end.ending) ? [{ ...attempt, end }] : []))
  const judged = counted.map(({ number: attempt, end }) => ({
    end,
    attempt,
    ...verdictOfAttempt({ number: attempt, ...end }, cell.expectations),
  }))
  const unexpected = judged.filter(({ verdict: of }) => of !== 'pass' && of !== 'known-fail')
  const [first] = unexpected
  const places = [...new Set(counted.map(({ place }) => place.replace(/\/\d+\.\d+$/, '')))]
  return {
    cell: cell.id,
    result: `${run}.${number}`,
    at,
    verdict: verdict?.verdict ?? null,
    sentence: verdict?.sentence ?? whyNotRun(stored, of),
    ...(!verdict && notRun?.why === 'unchanged' && { unchanged: true as const }),
    unexpected: { failed: unexpected.length, of: counted.length },
    failing: first ? causesOf(first.findings, first.end.findings) : [],
    inputs: { ...inputsOf(cell, stored), ...(places.length > 0 && { place: places.join(', ') }) },
  }
}

function whyNotRun({ notRun }: CellDetail, { state }: Run): string {
  const why = notRun?.sentence ?? (state === 'finished' ? windowClosed : state === 'running' ? '' : `it was ${state}`)
  return why === '' ? '' : `Not run: ${why}.`
}

/** What of the findings that a verdict rests on are causes. */
function causesOf(
  ids: readonly string[],
  all: NonNullable<CellDetail['attempts'][0]['end']>['findings'],
): FailingFinding[] {
  const cited = all.filter(({ id }) => ids.includes(id))
  const causes = new Set(causesTree(cited).map(({ finding }) => finding.id))
  return cited.filter(({ id }) => causes.has(id)).map(({ id, sentence, facts }) => ({ id, sentence, facts }))
}
