import { fewestAttempts } from '../flake/steady.ts'
import type { NotRun } from '../not-run.ts'
import { sameInputs } from './cell-inputs.ts'
import { lastConclusive } from './earlier-night.ts'
import { expectedSeconds, mostTellingFirst, type TonightCell } from './order-cells.ts'
import { unchangedInWords, unchangedSince, whyUnsure, type NightInputs, type UnchangedWay } from './unchanged.ts'

/** What a night does, cell by cell, in the order in which it does it. */
export interface NightPlan {
  cells: PlannedCell[]
  /** Since when nothing has moved; absent where something has. */
  since?: Omit<NightInputs, 'cells'>
}

export interface PlannedCell {
  number: number
  /** Whether it is run. */
  runs: boolean
  /** It is only repeated, because nobody can be sure of it: until one is. */
  repeats?: true
  /** What is to be said of it if it comes to no verdict; absent where nothing was said of it yet as it is. */
  unless?: NotRun
  /** How long its boots may take, seconds. */
  seconds?: number
}

/**
 * Plans a night: what tells most first; where nothing moved since the last one and the schedule says so, only what is
 * unsure, or only what said nothing yet. Each cell of the night is in the plan, once.
 * @param before the nights of the schedule that had a run, newest first
 */
export function planNight(
  tonight: readonly TonightCell[],
  before: readonly NightInputs[],
  way: UnchangedWay,
): NightPlan {
  const since = unchangedSince(tonight, before)
  const rests = since !== undefined && way !== 'run' ? unchangedInWords(since) : undefined
  const cells = mostTellingFirst(tonight).map((cell): PlannedCell => {
    const seconds = expectedSeconds(cell)
    const about = { number: cell.number, ...(seconds !== undefined && { seconds }) }
    if (rests === undefined) return { ...about, runs: true }
    const last = lastConclusive(cell.past)
    // Nothing can stand of a cell that said nothing since it is as it is, however little moved last night.
    if (!last || !sameInputs(last.inputs, cell.inputs)) return { ...about, runs: true }
    const stands = { result: last.result, verdict: last.verdict! }
    const unless: NotRun = { why: 'unchanged', sentence: rests, stands }
    if (way === 'skip' || whyUnsure(cell.past, cell.inputs) === undefined) return { ...about, runs: false, unless }
    const repeats = expectedSeconds({ ...cell, count: fewestAttempts() })
    return { ...about, runs: true, repeats: true, unless, ...(repeats !== undefined && { seconds: repeats }) }
  })
  return { cells, ...(since && { since }) }
}
