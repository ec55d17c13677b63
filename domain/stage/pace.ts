import type { Stage } from '../stage.ts'

/**
 * How long the stages of a boot took on this host until the next one began, and the longest silence of all channels in each
 * that something ended. Seconds.
 */
export interface Pace {
  silences: Partial<Record<Stage, number>>
  stages: Partial<Record<Stage, number>>
}

/** Of so many boots one is not believed. */
const unbelieved = 10

/**
 * Takes the paces of earlier boots; returns how slow a boot may be expected to be: of each stage the slowest, but for the
 * slowest tenth of the boots that came to it, and never the slowest one. A boot that a busy host slowed down would else
 * give the next ones a multiple of its time, and each of those a multiple of that.
 */
export function slowPace(paces: readonly Pace[]): Pace {
  return {
    silences: slowOf(paces.map(({ silences }) => silences)),
    stages: slowOf(paces.map(({ stages }) => stages)),
  }
}

function slowOf(boots: readonly Partial<Record<Stage, number>>[]): Partial<Record<Stage, number>> {
  const times = new Map<Stage, number[]>()
  for (const boot of boots)
    for (const [stage, seconds] of Object.entries(boot) as [Stage, number][])
      times.set(stage, [...(times.get(stage) ?? []), seconds])
  const slow: Partial<Record<Stage, number>> = {}
  for (const [stage, all] of times) {
    const believed = all.toSorted((a, b) => b - a)[Math.ceil(all.length / unbelieved)]
    if (believed !== undefined) slow[stage] = believed
  }
  return slow
}
