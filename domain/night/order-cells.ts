import { lastConclusive, saidBy, type EarlierNight } from './earlier-night.ts'
import { sameInputs } from './cell-inputs.ts'

/** A cell of tonight, and what is known of it. */
export interface TonightCell {
  /** Its number in the plan's order. */
  number: number
  /** Its id, which is the same every night. */
  cell: string
  inputs: Record<string, unknown>
  /** Attempts that the plan asks for. */
  count: number
  /** Its nights before this one, oldest first. */
  past: readonly EarlierNight[]
}

/** Why a cell comes where it does, the first in the night first. */
export const values = ['not good', 'not known', 'moved', 'rest'] as const
export type Value = (typeof values)[number]

/** Of a cell that said nothing in so many of its nights nothing is known. */
const longAgo = 3

/**
 * The cells of a night, those that tell most first, so that a window that closes cuts off what is missed least. First
 * what failed or was unstable when it last said something, then what never said anything or nothing in its last three
 * nights, then what is made of something else than when it last said something, then the rest. Among equals who has
 * been silent for more nights comes first, then who takes less time, then who stands first in the plan.
 */
export function mostTellingFirst<Cell extends TonightCell>(cells: readonly Cell[]): Cell[] {
  const ranked = cells.map((cell) => ({
    cell,
    rank: values.indexOf(valueOf(cell)),
    silent: silentNights(cell.past),
    seconds: expectedSeconds(cell) ?? Infinity,
  }))
  return ranked
    .toSorted(
      (a, b) =>
        a.rank - b.rank ||
        compare(b.silent, a.silent) ||
        compare(a.seconds, b.seconds) ||
        a.cell.number - b.cell.number,
    )
    .map(({ cell }) => cell)
}

/** @returns what a run of the cell would be worth tonight */
export function valueOf({ past, inputs }: Pick<TonightCell, 'past' | 'inputs'>): Value {
  const last = lastConclusive(past)
  if (!last) return 'not known'
  if (saidBy(last) !== 'good') return 'not good'
  if (silentNights(past) >= longAgo) return 'not known'
  return sameInputs(last.inputs, inputs) ? 'rest' : 'moved'
}

/** How long the boots of a cell may take, seconds, by those before; undefined when there were none. */
export function expectedSeconds({ past, count }: Pick<TonightCell, 'past' | 'count'>): number | undefined {
  const last = past.findLast(({ attempts }) => attempts.counted > 0)?.attempts
  return last && (last.seconds / last.made) * count
}

/** In how many of its last nights a cell said nothing; Infinity for one that never said anything. */
function silentNights(past: readonly EarlierNight[]): number {
  const last = past.findLastIndex((night) => saidBy(night) !== 'none')
  return last < 0 ? Infinity : past.length - 1 - last
}

/** As for a sort; Infinity twice is a tie, and its difference is none. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}
