import { compare, type Comparison } from '../flake/compare.ts'
import { usualFalseAlarm } from '../flake/changed.ts'
import type { Rerun, SearchStep } from './search.ts'
import { toldOf, type Tried } from './tried.ts'

/** One that is not told apart after so many attempts of each is left open. */
export const mostRounds = 40

/** How a variant stands to the cell as it is. */
export interface VariantStanding {
  /** Its number, from 1. */
  variant: number
  told: Comparison | undefined
  /** Why nothing can be told of it, in one sentence. */
  silent?: string
}

/**
 * What a rerun does next, or came to. The cell as it is and its variants are tried by turns, each as often as the others;
 * one that is told apart, or is the same, is tried no more.
 */
export function rerunStep(search: Rerun, tried: readonly Tried[]): SearchStep {
  const { finding } = search
  const asItIs = tried.find(({ candidate }) => candidate === 0)
  const mute = asItIs && toldOf(asItIs).silent
  if (mute !== undefined)
    return { is: 'over', exitCode: 1, sentence: `${finding} cannot be told of the cell as it is: ${mute}` }
  const standings = standingsOf(search, tried)
  const rounds = (candidate: number) => outcomesOf(tried, candidate).length
  const open = standings.filter(
    ({ told, silent, variant }) => !told && silent === undefined && rounds(variant) < mostRounds,
  )
  if (open.length === 0) return { is: 'over', ...conclusion(search, standings, tried) }
  const turns = [0, ...open.map(({ variant }) => variant)]
  const fewest = Math.min(...turns.map(rounds))
  const candidate = turns.find((one) => rounds(one) === fewest)!
  return {
    is: 'try',
    candidates: [candidate],
    likely: turns.filter((one) => one !== candidate),
    sentence: soFar(search, tried),
  }
}

/** How each variant stands to the cell as it is; what is said of all of them together is wrong as seldom as of one. */
export function standingsOf({ variants }: Rerun, tried: readonly Tried[]): VariantStanding[] {
  const asItIs = outcomesOf(tried, 0)
  return variants.slice(1).map((_, index) => {
    const variant = index + 1
    const seen = tried.find(({ candidate }) => candidate === variant)
    const silent = seen && toldOf(seen).silent
    const outcomes = outcomesOf(tried, variant)
    // As many of each: those that were made for another variant later change nothing.
    const rounds = Math.min(asItIs.length, outcomes.length)
    const falseAlarm = usualFalseAlarm / (variants.length - 1)
    const told = compare(asItIs.slice(0, rounds), outcomes.slice(0, rounds), falseAlarm)
    return { variant, told, ...(silent !== undefined && { silent }) }
  })
}

/** Whether the finding failed, in the order of the attempts. */
export function outcomesOf(tried: readonly Tried[], candidate: number): boolean[] {
  const seen = tried.find((one) => one.candidate === candidate)
  return (seen?.attempts ?? []).flatMap(({ fails }) => (fails === undefined ? [] : [fails]))
}

function conclusion(
  search: Rerun,
  standings: readonly VariantStanding[],
  tried: readonly Tried[],
): { exitCode: 0 | 1; sentence: string } {
  const { finding, variants } = search
  const counts = (candidate: number) => failedOf(tried, candidate)
  const named = (those: readonly VariantStanding[]) =>
    those.map(({ variant }) => `with the ${variants[variant]!.name} (${counts(variant)} failed)`).join(', ')
  const other = standings.filter(({ told }) => told?.is === 'other')
  const same = standings.filter(({ told }) => told?.is === 'same')
  const unknown = standings.filter(({ told }) => !told)
  const rest = [
    same.length === 0 ? '' : ` It comes out the same ${named(same)}.`,
    ...unknown.map(({ variant, silent }) =>
      silent === undefined
        ? ` Open ${named(standings.filter((one) => one.variant === variant))}.`
        : ` Nothing can be told of it with the ${variants[variant]!.name}: ${silent}`,
    ),
  ].join('')
  if (other.length > 0) {
    const sentence = `${finding} comes out otherwise ${named(other)} than as it is (${counts(0)} failed).${rest}`
    return { exitCode: 0, sentence }
  }
  if (unknown.length === 0)
    return { exitCode: 1, sentence: `None of it did it: ${finding} as it is: ${counts(0)} failed.${rest}` }
  return { exitCode: 1, sentence: `Not told: ${finding} as it is: ${counts(0)} failed.${rest}` }
}

function soFar({ variants }: Rerun, tried: readonly Tried[]): string {
  // One that was chosen, and of which nothing was seen yet, tells nothing.
  if (tried.every(({ attempts }) => attempts.length === 0)) return ''
  const each = variants.map(({ name }, candidate) => `${name} ${failedOf(tried, candidate)}`)
  return `failed so far: ${each.join(', ')}`
}

function failedOf(tried: readonly Tried[], candidate: number): string {
  const outcomes = outcomesOf(tried, candidate)
  return `${outcomes.filter(Boolean).length} of ${outcomes.length}`
}
