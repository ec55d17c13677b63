import { boxesOf, type StripRow } from './draw-strips.ts'
import type { Flake } from './flakes-of.ts'
import type { Sample } from './sample.ts'

/** A flake with the attempts that show it. */
export type FlakeStrip = StripRow & Pick<Flake, 'plan' | 'failed'>

/**
 * Takes flakes and the attempts that they were found in; returns a strip for each that hangs on no other flake of its cell:
 * the rows of a picture, in the order of the flakes.
 */
export function stripsOf(flakes: readonly Flake[], samples: readonly Sample[]): FlakeStrip[] {
  const causes = flakes.filter(
    ({ plan, cell, because }) =>
      !flakes.some((other) => other.plan === plan && other.cell === cell && other.finding === because),
  )
  return causes.map(({ plan, cell, finding, failed }) => {
    const own = samples.filter((sample) => sample.plan === plan && sample.cell === cell)
    return { plan, cell, finding, failed, boxes: boxesOf(own, finding) }
  })
}
