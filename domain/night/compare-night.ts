import { changeOf, type Counts } from '../flake/changed.ts'
import { rateOf, type Rate } from '../flake/rate.ts'
import { conclusionOf, type CellNight } from './cell-night.ts'
import { movedInputs, type MovedInput } from './moved-inputs.ts'

/** How a cell's night stands to the nights before it that said anything. */
export type Standing =
  /** It was good, and is not. */
  | 'new failure'
  | 'still failing'
  /** It was bad, and is good. */
  | 'fixed'
  /** Attempts disagree, which they did not before, or more or less often than before. */
  | 'unstable'
  | 'still unstable'
  /** Good as before, or the first time. */
  | 'good'
  /** It was run and nothing can be said. */
  | 'no result'
  | 'not run'
  /** It was not run, because nothing moved: what it came to before stands. */
  | 'unchanged'

/** A cell of tonight, held against its past. */
export interface CellChange {
  cell: string
  tonight: CellNight
  standing: Standing
  /** The last night that said something, and with which it is compared; absent for a cell without a past. */
  before?: CellNight
  /** Of a failure that goes on, or that has gone: the first night of it. */
  since?: CellNight
  /** What moved between `before` and tonight. */
  moved: MovedInput[]
  /** Of what is unstable: how often it was not as expected before, and since the first time. */
  rates?: { before: Rate; now: Rate }
}

/**
 * Holds a night against each cell's last *conclusive* result, not against last night: what was not run, broke in the lab or
 * showed nothing is no result to compare with.
 * @param tonight the cells of the plan
 * @param past the earlier nights of a cell, oldest first
 */
export function compareNight(
  tonight: readonly CellNight[],
  past: (cell: string) => readonly CellNight[],
): CellChange[] {
  return tonight.map((cell) =>
    change(
      cell,
      past(cell.cell).filter((night) => conclusionOf(night) !== 'none'),
    ),
  )
}

function change(tonight: CellNight, past: readonly CellNight[]): CellChange {
  const before = past.at(-1)
  const about = {
    cell: tonight.cell,
    tonight,
    ...(before && { before }),
    // What was not run stood on no place.
    moved: before && tonight.verdict !== null ? movedInputs(before.inputs, tonight.inputs) : [],
  }
  const is = (standing: Standing, more: Partial<CellChange> = {}): CellChange => ({ ...about, standing, ...more })
  const now = conclusionOf(tonight)
  const was = before && conclusionOf(before)
  const streak = streakOf(past)
  if (tonight.verdict === null) {
    if (!tonight.unchanged) return is('not run')
    return is('unchanged', was === 'bad' ? { since: streak[0]! } : {})
  }
  if (now === 'none') return is('no result')
  if (now === 'good') return was === 'bad' ? is('fixed', { since: streak[0]! }) : is('good')
  if (now === 'flaky') return unstable(tonight, past, is)
  if (was === 'bad') return is('still failing', { since: streak[0]! })
  if (was !== 'flaky') return is('new failure')
  // A cell that failed now and then: that it fails again is news only when it fails more often than it did.
  const since = past.slice(past.findLastIndex((night) => conclusionOf(night) === 'good') + 1)
  return isMore(past.slice(0, past.length - since.length), [...since, tonight])
    ? is('new failure')
    : unstable(tonight, past, is)
}

/** The last nights that came to the same. */
function streakOf(past: readonly CellNight[]): CellNight[] {
  const last = past.at(-1)
  if (!last) return []
  return past.slice(past.findLastIndex((night) => conclusionOf(night) !== conclusionOf(last)) + 1)
}

function unstable(
  tonight: CellNight,
  past: readonly CellNight[],
  is: (standing: Standing, more: Partial<CellChange>) => CellChange,
): CellChange {
  const first = past.findIndex((night) => conclusionOf(night) === 'flaky')
  const [before, since] = first < 0 ? [past, []] : [past.slice(0, first), past.slice(first)]
  const now = total([...since, tonight])
  const rates = { before: rateOf(total(before).failed, total(before).of), now: rateOf(now.failed, now.of) }
  if (first < 0) return is('unstable', { rates })
  return is('still unstable', { since: since[0]!, rates })
}

/** Whether attempts fail more often since some night than before. */
function isMore(before: readonly CellNight[], since: readonly CellNight[]): boolean {
  const { failed, of } = total(since)
  // In which order they failed within a night is not kept here; failures last is what is hardest to be sure by.
  const series = Array.from({ length: of }, (_, index) => index >= of - failed)
  return changeOf(total(before), series)?.to === 'more'
}

function total(nights: readonly CellNight[]): Counts {
  return {
    failed: nights.reduce((sum, { unexpected }) => sum + unexpected.failed, 0),
    of: nights.reduce((sum, { unexpected }) => sum + unexpected.of, 0),
  }
}
