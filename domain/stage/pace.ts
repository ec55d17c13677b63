import type { Stage } from './stage.ts'

/**
 * How long the stages of a boot took on this host until the next one began, and the longest silence of all channels in each
 * that something ended. Seconds.
 */
export interface Pace {
  silences: Partial<Record<Stage, number>>
  stages: Partial<Record<Stage, number>>
}

/** Takes the paces of earlier boots; returns the slowest of each stage. */
export function slowest(paces: Pace[]): Pace {
  const pace: Pace = { silences: {}, stages: {} }
  for (const other of paces) {
    raise(pace.silences, other.silences)
    raise(pace.stages, other.stages)
  }
  return pace
}

function raise(slow: Partial<Record<Stage, number>>, other: Partial<Record<Stage, number>>): void {
  for (const [stage, seconds] of Object.entries(other) as [Stage, number][]) {
    slow[stage] = Math.max(slow[stage] ?? 0, seconds)
  }
}
