import { conclusionOfVerdict } from '../night/conclusion.ts'
import type { Verdict } from '../verdict/verdict.ts'

/** What a cell of a run came to. */
export interface CellResult {
  run: number
  /** Its number in the run. */
  cell: number
  /** What it is compared with itself by: the plan, or the schedule, and the cell's id. */
  line: string
  verdict: Verdict
}

/** @returns `12.3` */
export function cellKey({ run, cell }: Pick<CellResult, 'run' | 'cell'>): string {
  return `${run}.${cell}`
}

/**
 * The last good result of each cell before one that was not good: which inputs moved is asked of these two.
 * @param results oldest first
 */
export function lastGoods(results: readonly CellResult[]): Set<string> {
  const good = new Map<string, CellResult>()
  const before = new Set<string>()
  for (const result of results) {
    const conclusion = conclusionOfVerdict(result.verdict)
    if (conclusion === 'none') continue
    const last = good.get(result.line)
    if (conclusion === 'good') good.set(result.line, result)
    else if (last) {
      before.add(cellKey(last))
      good.delete(result.line)
    }
  }
  return before
}

/**
 * The newest result of each cell with each verdict that says something: the last conclusive night, the last failure that is
 * known, the last that is not.
 * @param results oldest first
 */
export function newestOfEach(results: readonly CellResult[]): Set<string> {
  const newest = new Map<string, string>()
  for (const result of results)
    if (conclusionOfVerdict(result.verdict) !== 'none') newest.set(`${result.line}\0${result.verdict}`, cellKey(result))
  return new Set(newest.values())
}
