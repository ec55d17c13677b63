import { fewestAttempts } from '../flake/steady.ts'
import { sameInputs } from './cell-inputs.ts'
import { lastConclusive, saidBy, type EarlierNight } from './earlier-night.ts'

/** What is run of a night in which nothing moved: all of it, what is unsure, what said nothing yet. */
export const unchangedWays = ['run', 'repeat-unsure', 'skip'] as const
export type UnchangedWay = (typeof unchangedWays)[number]

/** A night as far as its inputs go. */
export interface NightInputs {
  /** Its run, and when it was due, epoch ms. */
  run: number
  at: number
  cells: readonly { cell: string; inputs: Record<string, unknown> }[]
}

/**
 * The night since which nothing moved: the oldest of those right before tonight that had the same cells, made of the
 * same.
 * @param before the nights that had a run, newest first
 * @returns undefined when the last night was made of something else, or there was none
 */
export function unchangedSince(
  tonight: NightInputs['cells'],
  before: readonly NightInputs[],
): Omit<NightInputs, 'cells'> | undefined {
  const other = before.findIndex(({ cells }) => !sameCells(tonight, cells))
  const first = other < 0 ? before.at(-1) : before[other - 1]
  return first && { run: first.run, at: first.at }
}

function sameCells(tonight: NightInputs['cells'], before: NightInputs['cells']): boolean {
  if (tonight.length !== before.length || tonight.length === 0) return false
  const then = new Map(before.map(({ cell, inputs }) => [cell, inputs]))
  return tonight.every(({ cell, inputs }) => {
    const was = then.get(cell)
    return was !== undefined && sameInputs(was, inputs)
  })
}

/** In words, without a full stop. */
export function unchangedInWords({ run, at }: Omit<NightInputs, 'cells'>): string {
  return `nothing moved since the night of ${new Date(at).toISOString().slice(0, 10)} (run ${run})`
}

/** A flake of so many conclusive nights ago is not forgotten. */
const remembered = 10

/**
 * Why nobody can be sure what a cell comes to, made as it is: it is tried again where nothing else is to be done.
 * @param past its nights, oldest first
 * @returns undefined for one that is sure
 */
export function whyUnsure(past: readonly EarlierNight[], inputs: Record<string, unknown>): string | undefined {
  const last = past.at(-1)
  if (!last || lastConclusive(past) === undefined) return 'it never said anything'
  if (saidBy(last) === 'none') return 'it said nothing in its last night'
  const conclusive = past.filter((night) => saidBy(night) !== 'none').slice(-remembered)
  if (conclusive.some((night) => saidBy(night) === 'flaky')) return 'its attempts disagreed'
  const attempts = past
    .filter((night) => sameInputs(night.inputs, inputs))
    .reduce((sum, { attempts: { counted } }) => sum + counted, 0)
  const enough = fewestAttempts()
  return attempts < enough ? `it was tried ${attempts} times as it is, and ${enough} times make sure` : undefined
}
